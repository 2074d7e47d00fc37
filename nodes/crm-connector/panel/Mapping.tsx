import { Button, MultiSelect } from '@mantine/core';
import { IconPlus, IconWand } from '@tabler/icons-react';
import { useState } from 'react';
import type { Issue } from '../../../contract/errors.ts';
import type { NameMatches } from '../../kit/panel/matchNames.ts';
import field from '../../kit/panel/panel.module.css';
import type { MappedField } from '../exportConfig.ts';
import { exportTexts as texts } from './exportTexts.ts';
import { FieldOption } from './FieldSelect.tsx';
import classes from './Mapping.module.css';
import { MappingRow } from './MappingRow.tsx';
import type { MappingScope } from './mapping.ts';
import { keyRow, missingFields, openMatches, withFields, withMatches, writableFields } from './mapping.ts';

interface Row {
  mapped: MappedField;
  index: number;
}

/** Row by row: a column or JavaScript, and the remote field it is written to. The key is always the first. */
export function Mapping(scope: MappingScope) {
  const { settings, details, columns, change, readOnly, context } = scope;
  const [seen, setSeen] = useState<NameMatches | null>(null);
  const problem = context.useIssues('export.mapping').find(isOwn)?.message ?? null;
  const missing = context.useMissing('export.mapping');
  const matches = openMatches(settings, details, columns);
  const fresh = new Set(seen?.matched.map((match) => match.field));
  const key = keyRow(settings, details);
  const rows = settings.mapping.map((mapped, index): Row => ({ mapped, index }));
  const others = rows.filter(({ mapped }) => mapped.field !== settings.key);
  const match = (): void => {
    setSeen(matches);
    change(withMatches(settings, matches, details));
  };
  return (
    <section
      aria-label={texts.mapping}
      className={field.field}
      data-path="export.mapping"
      data-missing={missing || undefined}
    >
      <div className={classes.head}>
        <span className={classes.label}>
          {texts.mapping}{' '}
          <span className={classes.aside}>
            {details ? texts.mappedOf(others.length, writableFields(details, settings.mode).length) : ''}
          </span>
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
        {key ? (
          <MappingRow {...scope} key={`key ${key.mapped.field}`} {...key} fresh={fresh.has(key.mapped.field)} isKey />
        ) : null}
        {others.map((row) => (
          <MappingRow {...scope} key={keyOf(row, others)} {...row} fresh={fresh.has(row.mapped.field)} />
        ))}
        {others.length === 0 ? <li className={classes.empty}>{emptyText(scope)}</li> : null}
      </ul>
      {seen ? <Seen {...seen} /> : null}
      <Missing {...scope} />
      {problem && !missing && others.length > 0 ? <p className={classes.problem}>{problem}</p> : null}
      {readOnly ? null : <AddFields {...scope} />}
    </section>
  );
}

/** A row that moves stays the same, also beside a second one of its field, which a file may hold. */
const keyOf = (row: Row, rows: readonly Row[]): string =>
  rows.find(({ mapped }) => mapped.field === row.mapped.field) === row
    ? row.mapped.field
    : `${row.mapped.field} ${row.index}`;

/** Of the mapping as a whole; what is missing is said beside the button that mends it. */
const isOwn = ({ path, code }: Issue): boolean => path === 'export.mapping' && code !== 'REQUIRED_MISSING';

function emptyText({ details, columns }: MappingScope): string {
  if (!details) return texts.emptyWithoutObject;
  return columns.length === 0 ? texts.emptyWithoutColumns : texts.empty;
}

/** What the names gave, for as long as the panel is open. */
function Seen({ matched, ambiguous }: NameMatches) {
  return (
    <p className={classes.seen} role="status">
      {texts.matched(matched.map(({ field }) => field))}
      {ambiguous.length > 0 ? ` ${texts.ambiguous(ambiguous)}` : ''}
    </p>
  );
}

/** What every new record is refused without. */
function Missing({ settings, details, columns, change, readOnly }: MappingScope) {
  const missing = missingFields(settings, details);
  if (missing.length === 0) return null;
  return (
    <p className={classes.missing}>
      {texts.missing}{' '}
      {missing.map(({ name, label }) =>
        readOnly || !details ? (
          <b key={name}>{name} </b>
        ) : (
          <Button
            key={name}
            size="compact-xs"
            variant="light"
            color="red"
            leftSection={<IconPlus size={12} aria-hidden />}
            aria-label={texts.addMissing(name)}
            title={label}
            onClick={() => change(withFields(settings, [name], details, columns))}
          >
            {name}
          </Button>
        ),
      )}
    </p>
  );
}

function AddFields({ settings, details, columns, change }: MappingScope) {
  const mapped = new Set(settings.mapping.map((one) => one.field));
  const open = writableFields(details, settings.mode).filter(({ name }) => !mapped.has(name));
  const byName = new Map(open.map((one) => [one.name, one]));
  const isFound = (name: string, search: string): boolean =>
    `${name} ${byName.get(name)?.label ?? ''}`.toLowerCase().includes(search.trim().toLowerCase());
  return (
    <MultiSelect
      aria-label={texts.addField}
      placeholder={texts.addFields}
      data={[...byName.keys()]}
      value={[]}
      onChange={(names) => change(withFields(settings, names, details, columns))}
      disabled={!details}
      renderOption={({ option }) => <FieldOption name={option.value} field={byName.get(option.value)} />}
      filter={({ options, search }) => options.filter((option) => 'value' in option && isFound(option.value, search))}
      searchable
      clearSearchOnChange={false}
      limit={80}
      mt={6}
    />
  );
}
