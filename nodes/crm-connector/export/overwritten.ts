/** Changes that were overwritten: the history of a field tells what it held right before what was written. */
import type { CrmClient } from '../../../contract/connector.ts';
import type { RemoteHistory } from '../../../contract/recordTrail.ts';
import type { Cell } from '../../../contract/types.ts';
import { toCell } from '../../../contract/types.ts';
import type { Target } from './applyRecords.ts';
import { isSame } from './comparison.ts';

/** A record that was written, as it should be. */
export interface WrittenRecord {
  row: number;
  id: string;
  told: Readonly<Record<string, Cell>>;
  /** What it held when it was looked at before; null: it is new. */
  before: Readonly<Record<string, Cell>> | null;
}

/** Names of fields by record id: those that held something else than the plan knew when they were written over. */
export async function findOverwritten(
  client: CrmClient,
  target: Target,
  history: RemoteHistory,
  { records, since }: { records: readonly WrittenRecord[]; since: string },
): Promise<Map<string, string[]>> {
  const changed = new Map(records.flatMap((record) => (record.before ? [[record.id, record] as const] : [])));
  const lost = new Map<string, string[]>();
  if (changed.size === 0) return lost;
  const { object, record, field, before, after, changedAt } = history;
  const fields = [record, field, before, after];
  const filter = { kind: 'condition', field: changedAt, operator: 'ge', value: since } as const;
  for await (const page of client.readByKey({ object, fields, filter }, record, [...changed.keys()]))
    for (const [id = null, name = null, old = null, written = null] of page.rows) {
      const own = changed.get(String(id));
      if (!own || !isLost(target, own, { name: String(name), old, written })) continue;
      lost.set(own.id, [...new Set([...(lost.get(own.id) ?? []), String(name)])]);
    }
  return lost;
}

interface Change {
  name: string;
  old: Cell;
  written: Cell;
}

/** It led to the very value that was written, from another one than was there when the record was looked at last. */
function isLost({ fields }: Target, { told, before }: WrittenRecord, { name, old, written }: Change): boolean {
  const remote = fields.find((one) => one.remote.name === name)?.remote;
  if (!remote || before === null || !(name in before)) return false;
  const cell = (value: Cell): Cell => {
    const read = toCell(remote.type, value);
    return read.ok ? read.value : value;
  };
  return isSame(remote, cell(written), told[name] ?? null) && !isSame(remote, cell(old), before[name] ?? null);
}
