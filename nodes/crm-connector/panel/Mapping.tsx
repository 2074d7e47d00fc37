import { AddSelect } from '../../kit/panel/mapping/AddSelect.tsx';
import { MappingList } from '../../kit/panel/mapping/MappingList.tsx';
import type { MappedField } from '../exportConfig.ts';
import { exportTexts as texts } from './exportTexts.ts';
import { FieldOption } from './FieldSelect.tsx';
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
  const matches = openMatches(settings, details, columns);
  const key = keyRow(settings, details);
  const rows = settings.mapping.map((mapped, index): Row => ({ mapped, index }));
  const others = rows.filter(({ mapped }) => mapped.field !== settings.key);
  const add = (names: readonly string[]): void => change(withFields(settings, names, details, columns));
  return (
    <MappingList
      path="export.mapping"
      told={details ? texts.mappedOf(others.length, writableFields(details, settings.mode).length) : ''}
      matches={matches}
      onMatch={() => change(withMatches(settings, matches, details))}
      hints={{ match: texts.matchHint, nothing: texts.nothingToMatch }}
      actions={2}
      lines={(fresh) => (
        <>
          {key ? (
            <MappingRow {...scope} key={`key ${key.mapped.field}`} {...key} fresh={fresh.has(key.mapped.field)} isKey />
          ) : null}
          {others.map((row) => (
            <MappingRow {...scope} key={keyOf(row, others)} {...row} fresh={fresh.has(row.mapped.field)} />
          ))}
        </>
      )}
      empty={others.length === 0 ? emptyText(scope) : null}
      lacking={{
        text: texts.missing,
        names: missingFields(settings, details),
        onAdd: readOnly || !details ? null : (name) => add([name]),
      }}
      // What is missing is said beside the button that mends it.
      isOwn={({ path, code }) => path === 'export.mapping' && code !== 'REQUIRED_MISSING' && others.length > 0}
      readOnly={readOnly}
      context={context}
    >
      <AddFields {...scope} onAdd={add} />
    </MappingList>
  );
}

/** A row that moves stays the same, also beside a second one of its field, which a file may hold. */
const keyOf = (row: Row, rows: readonly Row[]): string =>
  rows.find(({ mapped }) => mapped.field === row.mapped.field) === row
    ? row.mapped.field
    : `${row.mapped.field} ${row.index}`;

function emptyText({ details, columns }: MappingScope): string {
  if (!details) return texts.emptyWithoutObject;
  return columns.length === 0 ? texts.emptyWithoutColumns : texts.empty;
}

function AddFields({ settings, details, onAdd }: MappingScope & { onAdd(names: readonly string[]): void }) {
  const mapped = new Set(settings.mapping.map((one) => one.field));
  const open = writableFields(details, settings.mode).filter(({ name }) => !mapped.has(name));
  const byName = new Map(open.map((one) => [one.name, one]));
  return (
    <AddSelect
      label={texts.addField}
      placeholder={texts.addFields}
      names={[...byName.keys()]}
      onAdd={onAdd}
      option={(name) => <FieldOption name={name} field={byName.get(name)} />}
      textOf={(name) => `${name} ${byName.get(name)?.label ?? ''}`}
      disabled={!details}
    />
  );
}
