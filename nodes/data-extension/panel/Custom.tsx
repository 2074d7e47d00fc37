import { ActionIcon, Button, MultiSelect } from '@mantine/core';
import { IconAlertTriangle, IconArrowNarrowRight, IconPlus, IconX } from '@tabler/icons-react';
import field from '../../kit/panel/panel.module.css';
import type { MappingScope } from './mapping.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

/** Columns that go to columns of the same name: what is there, and what is made for those that are not. */
export function Custom(scope: MappingScope) {
  const { config, columns, extension, change, readOnly } = scope;
  const used = new Set([...config.key, ...config.attributes].map(({ column }) => column));
  const open = columns.filter(({ name }) => !used.has(name) && !config.custom.includes(name));
  const lacking = config.custom.some((name) => remoteOf(scope, name) === undefined);
  const other = config.missing === 'create' ? 'refuse' : 'create';
  return (
    <section aria-label={texts.custom} className={field.field} data-path="custom">
      <div className={classes.head}>
        <span className={classes.label}>{texts.custom}</span>
        {lacking && !readOnly ? (
          <Button size="compact-sm" variant="light" onClick={() => change({ ...config, missing: other })}>
            {texts[other]}
          </Button>
        ) : null}
      </div>
      {config.custom.length === 0 ? (
        <p className={classes.note}>{texts.customHint}</p>
      ) : (
        <ul className={classes.rows}>
          {config.custom.map((name, index) => (
            <CustomRow {...scope} key={name} name={name} index={index} />
          ))}
        </ul>
      )}
      {readOnly ? null : (
        <MultiSelect
          aria-label={texts.custom}
          placeholder={texts.addCustom}
          data={open.map(({ name }) => name)}
          value={[]}
          onChange={(names) => change({ ...config, custom: [...config.custom, ...names] })}
          renderOption={({ option }) => {
            const type = columns.find(({ name }) => name === option.value)?.type ?? 'text';
            const there = remoteOf(scope, option.value);
            return (
              <span className={classes.spread}>
                {option.value}
                <span className={classes.type}>{there ? there.remoteType : extension.created[type]}</span>
              </span>
            );
          }}
          disabled={open.length === 0}
          nothingFoundMessage={texts.noColumns}
          searchable
          clearSearchOnChange={false}
          limit={80}
          mt={6}
        />
      )}
    </section>
  );
}

const remoteOf = ({ extension }: MappingScope, name: string) =>
  extension.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

function CustomRow(props: MappingScope & { name: string; index: number }) {
  const { config, extension, columns, change, readOnly, context, name, index } = props;
  const problem = context.useIssues(`custom.${index}`)[0]?.message ?? null;
  const type = columns.find((column) => column.name === name)?.type ?? 'text';
  const there = remoteOf(props, name);
  const refused = there === undefined && config.missing === 'refuse';
  const Between = there ? IconArrowNarrowRight : refused ? IconAlertTriangle : IconPlus;
  return (
    <li className={classes.row} data-path={`custom.${index}`}>
      <div className={classes.line}>
        <span className={classes.name} title={name}>
          {name}
        </span>
        <span className={classes.between}>
          <Between size={14} aria-hidden />
        </span>
        <span className={classes.name}>{there?.name ?? name}</span>
        {readOnly ? (
          <span />
        ) : (
          <ActionIcon
            aria-label={texts.remove(name)}
            onClick={() => change({ ...config, custom: config.custom.filter((one) => one !== name) })}
            size={22}
          >
            <IconX size={13} />
          </ActionIcon>
        )}
        <span className={classes.below}>{texts.typeOf(type)}</span>
        <span className={classes.below} data-at="target" data-whole>
          {there ? texts.fills(texts.remoteType(there.remoteType, there.length)) : ''}
          {!there && !refused ? texts.created(extension.created[type]) : ''}
        </span>
      </div>
      {problem === null && refused ? <p className={classes.problem}>{texts.refused}</p> : null}
      {problem !== null ? <p className={classes.problem}>{problem}</p> : null}
    </li>
  );
}
