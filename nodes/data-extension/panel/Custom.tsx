import { Button } from '@mantine/core';
import { IconAlertTriangle, IconArrowNarrowRight, IconPlus } from '@tabler/icons-react';
import { AddSelect } from '../../kit/panel/mapping/AddSelect.tsx';
import { TypedOption } from '../../kit/panel/mapping/ColumnSelect.tsx';
import { LineProblem, MappingLine } from '../../kit/panel/mapping/MappingLine.tsx';
import list from '../../kit/panel/mapping/mapping.module.css';
import field from '../../kit/panel/panel.module.css';
import type { MappingScope } from './mapping.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

/** Columns that go to columns of the same name: what is there, and what is made for those that are not. */
export function Custom(scope: MappingScope) {
  const { config, columns, change, readOnly } = scope;
  const used = new Set([...config.key, ...config.attributes].map(({ column }) => column));
  const open = columns.filter(({ name }) => !used.has(name) && !config.custom.includes(name));
  const lacking = config.custom.some((name) => remoteOf(scope, name) === undefined);
  const other = config.missing === 'create' ? 'refuse' : 'create';
  return (
    <section aria-label={texts.custom} className={field.field} data-path="custom">
      <div className={list.head}>
        <span className={list.label}>{texts.custom}</span>
        {lacking && !readOnly ? (
          <Button size="compact-sm" variant="light" onClick={() => change({ ...config, missing: other })}>
            {texts[other]}
          </Button>
        ) : null}
      </div>
      {config.custom.length === 0 ? (
        <p className={classes.note}>{texts.customHint}</p>
      ) : (
        <ul className={list.rows}>
          {config.custom.map((name, index) => (
            <CustomRow {...scope} key={name} name={name} index={index} />
          ))}
        </ul>
      )}
      {readOnly ? null : (
        <AddSelect
          label={texts.custom}
          placeholder={texts.addCustom}
          names={open.map(({ name }) => name)}
          onAdd={(names) => change({ ...config, custom: [...config.custom, ...names] })}
          option={(name) => <TypedOption name={name} type={typeOf(scope, name)} />}
          disabled={open.length === 0}
        />
      )}
    </section>
  );
}

const remoteOf = ({ extension }: MappingScope, name: string) =>
  extension.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

/** As the data extension has it, or would be given it. */
function typeOf(scope: MappingScope, name: string): string {
  const type = scope.columns.find((column) => column.name === name)?.type ?? 'text';
  return remoteOf(scope, name)?.remoteType ?? scope.extension.created[type];
}

function CustomRow(props: MappingScope & { name: string; index: number }) {
  const { config, extension, columns, change, readOnly, context, name, index } = props;
  const problem = context.useIssues(`custom.${index}`)[0]?.message ?? null;
  const type = columns.find((column) => column.name === name)?.type ?? 'text';
  const there = remoteOf(props, name);
  const refused = there === undefined && config.missing === 'refuse';
  const created = refused ? '' : texts.created(extension.created[type]);
  const targetText = there ? texts.fills(texts.remoteType(there.remoteType, there.length)) : created;
  return (
    <MappingLine
      path={`custom.${index}`}
      icon={there ? IconArrowNarrowRight : refused ? IconAlertTriangle : IconPlus}
      source={name}
      sourceText={texts.typeOf(type)}
      target={there?.name ?? name}
      targetText={targetText}
      wholeText
      name={name}
      onRemove={readOnly ? undefined : () => change({ ...config, custom: config.custom.filter((one) => one !== name) })}
    >
      {problem === null && refused ? <LineProblem>{texts.refused}</LineProblem> : null}
      {problem === null ? null : <LineProblem>{problem}</LineProblem>}
    </MappingLine>
  );
}
