import { Button, MultiSelect } from '@mantine/core';
import { IconPlus, IconWand } from '@tabler/icons-react';
import { useState } from 'react';
import type { Issue } from '../../../contract/errors.ts';
import type { NameMatches } from '../../kit/panel/matchNames.ts';
import field from '../../kit/panel/panel.module.css';
import { attributeOf } from '../config.ts';
import { MappingRow } from './MappingRow.tsx';
import type { MappedLine, MappingScope } from './mapping.ts';
import {
  attributeLines,
  keyLines,
  missingColumns,
  openColumns,
  openMatches,
  withAttributes,
  withMatches,
} from './mapping.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

/** The primary key first, then the attributes: each with the column that fills it. */
export function Mapping(scope: MappingScope) {
  const { config, extension, columns, change, readOnly, context } = scope;
  const [seen, setSeen] = useState<NameMatches | null>(null);
  const problem = context.useIssues('key').find(isOwn)?.message ?? null;
  const missing = context.useMissing('key');
  const matches = openMatches(config, extension, columns);
  const fresh = new Set(seen?.matched.map((match) => match.field.toLowerCase()));
  const attributes = attributeLines(config, extension);
  const lines = [...keyLines(config, extension), ...attributes];
  const filled = lines.filter(({ line, column }) => column !== null && line.column !== '').length;
  const match = (): void => {
    setSeen(matches);
    change(withMatches(config, extension, matches));
  };
  return (
    <section aria-label={texts.mapping} className={field.field} data-path="key" data-missing={missing || undefined}>
      <div className={classes.head}>
        <span className={classes.label}>
          {texts.mapping} <span className={classes.aside}>{texts.mappedOf(filled, extension.columns.length)}</span>
        </span>
        {readOnly ? null : (
          <Button
            size="compact-sm"
            leftSection={<IconWand size={14} aria-hidden />}
            aria-label={texts.match}
            title={matches.matched.length > 0 ? texts.matchHint : texts.nothingToMatch}
            disabled={matches.matched.length === 0}
            onClick={match}
          >
            {texts.match}
            <span className={classes.aside}>&nbsp;{matches.matched.length || ''}</span>
          </Button>
        )}
      </div>
      <ul className={classes.rows}>
        {lines.map((mapped) => (
          <MappingRow
            {...scope}
            key={keyOf(mapped)}
            mapped={mapped}
            fresh={fresh.has(attributeOf(mapped.line).toLowerCase())}
          />
        ))}
        {attributes.length === 0 ? (
          <li className={classes.empty}>{columns.length === 0 ? texts.emptyWithoutColumns : texts.empty}</li>
        ) : null}
      </ul>
      {seen ? (
        <p className={classes.note} role="status">
          {texts.matched(seen.matched.map((one) => one.field))}
          {seen.ambiguous.length > 0 ? ` ${texts.ambiguous(seen.ambiguous)}` : ''}
        </p>
      ) : null}
      <Missing {...scope} />
      {problem && !missing ? <p className={classes.problem}>{problem}</p> : null}
      {readOnly ? null : <AddAttributes {...scope} />}
    </section>
  );
}

const keyOf = ({ list, index, column }: MappedLine): string => `${list} ${column?.key ? column.name : index}`;

/** Of the key as a whole: its lines show their own. */
const isOwn = ({ path }: Issue): boolean => path === 'key';

/** What every new row is refused without. */
function Missing({ config, extension, columns, change, readOnly }: MappingScope) {
  const missing = missingColumns(config, extension);
  if (missing.length === 0) return null;
  return (
    <p className={classes.missing}>
      {texts.missing}{' '}
      {missing.map((name) =>
        readOnly ? (
          <b key={name}>{name} </b>
        ) : (
          <Button
            key={name}
            size="compact-xs"
            variant="light"
            color="red"
            leftSection={<IconPlus size={12} aria-hidden />}
            aria-label={texts.addMissing(name)}
            onClick={() => change(withAttributes(config, [name], columns))}
          >
            {name}
          </Button>
        ),
      )}
    </p>
  );
}

function AddAttributes({ config, extension, columns, change }: MappingScope) {
  const open = new Map(openColumns(config, extension).map((one) => [one.name, one]));
  return (
    <MultiSelect
      aria-label={texts.addAttribute}
      placeholder={texts.addAttributes}
      data={[...open.keys()]}
      value={[]}
      onChange={(names) => change(withAttributes(config, names, columns))}
      renderOption={({ option }) => (
        <span className={classes.spread}>
          {option.value}
          <span className={classes.type}>
            {texts.remoteType(open.get(option.value)?.remoteType ?? '', open.get(option.value)?.length)}
          </span>
        </span>
      )}
      disabled={open.size === 0}
      searchable
      clearSearchOnChange={false}
      limit={80}
      mt={6}
    />
  );
}
