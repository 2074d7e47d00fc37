import type { Value } from '../objects/field.ts';
import type { Org } from '../org.ts';
import type { Table, Written } from '../store/table.ts';

interface History {
  table: Table;
  /** The field that refers to the record. */
  parent: string;
  tracked: readonly string[];
}

/** The object with a row for each change of a tracked field; null where none is kept. */
function historyOf(org: Org, table: Table): History | null {
  const kept = org.referencesTo(table.name).find(({ field }) => field.childName === 'Histories');
  const tracked = kept?.table.field('Field')?.picklist;
  return kept && tracked ? { table: kept.table, parent: kept.field.name, tracked } : null;
}

/** The rows that a change of a record adds to its history. */
export function historyRows(
  org: Org,
  table: Table,
  row: number,
  values: Readonly<Record<string, Value>>,
  { stamp, userId }: { stamp: number; userId: string },
): { table: Table; written: Written }[] {
  const history = historyOf(org, table);
  if (history === null) return [];
  const changed = history.tracked.filter((name) => name in values && values[name] !== table.read(name, row));
  return changed.map((name) => {
    const own = {
      [history.parent]: table.idOf(row),
      Field: name,
      DataType: table.field(name)?.type === 'email' ? 'Email' : 'Text',
      OldValue: table.read(name, row),
      NewValue: values[name] ?? null,
      CreatedDate: stamp,
      CreatedById: userId,
    };
    return { table: history.table, written: { values: own, stamp, deleted: false, gone: false } };
  });
}
