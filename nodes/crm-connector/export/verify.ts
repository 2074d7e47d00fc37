/**
 * Looking again at what was written: whether the record holds it, when it was last changed, and whether another change was lost
 * in the instant between the last look and the write. That one can only be told by a history that the CRM keeps of the field.
 */
import type { CrmClient } from '../../../contract/connector.ts';
import { RetryLater, UserError } from '../../../contract/errors.ts';
import type { ExportOutcome } from '../../../contract/exports.ts';
import type { Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import { column, literal, scan } from '../../../contract/relation.ts';
import type { Cell, Column } from '../../../contract/types.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { noReason, ownReason, rejectCells, rejectColumns } from '../../kit/rejects.ts';
import { countText } from '../../kit/rows.ts';
import type { Context } from '../readRecords.ts';
import type { Target } from './applyRecords.ts';
import { differing } from './applyRecords.ts';
import { nameFields, nameHeld } from './naming.ts';
import type { WrittenRecord } from './overwritten.ts';
import { findOverwritten } from './overwritten.ts';
import type { Plan } from './plan.ts';
import { isStoredAs } from './rounding.ts';

/** Records that are looked at again: of a larger export those that were planned first, so that it takes few calls whatever its size. */
export const mostVerified = 20_000;
/** Ids that are named in the log. */
const mostNamed = 5;
/** Characters of a value that are told. */
const mostShown = 40;

export interface Verified {
  /** `_row`, `recordId`, `name`, `stamp` (when the record was last changed, as it was read again) and the reject columns; null: nothing was looked at. */
  table: TableRef | null;
  overtaken: Overtaken;
  remarks: string[];
}

/** Records that do not hold what was written, or over whose change it was; the first of them by id. */
interface Overtaken {
  count: number;
  ids: string[];
}

const verifiedColumns: Column[] = [
  { name: '_row', label: '', type: 'integer' },
  { name: 'recordId', label: '', type: 'text' },
  { name: 'name', label: '', type: 'text' },
  { name: 'stamp', label: '', type: 'text' },
  ...rejectColumns,
];

/** Never rejects for what the CRM says: what is written is written, whether it can be looked at or not. */
export async function verify(
  context: Context,
  client: CrmClient,
  plan: Plan,
  { outcomes, since }: { outcomes: TableRef; since: string },
): Promise<Verified> {
  const written = writtenRecords(plan.rows, outcomes);
  const count = await context.count(written);
  if (count === 0) return { table: null, overtaken: { count: 0, ids: [] }, remarks: [] };
  const due = await context.table({ op: 'limit', input: written, count: mostVerified }, { name: 'to verify' });
  const writer = await context.writer({ columns: verifiedColumns, name: 'verified', resume: true });
  const remarks = count > due.count ? [partText(due.count, count)] : [];
  try {
    let after = Number(writer.position ?? 0);
    for await (const batch of context.read(due, { after })) {
      context.signal.throwIfAborted();
      const rows = await lookAt(client, plan, batch.rows.map(toRecord), since);
      after = batch.ids.at(-1) ?? after;
      await writer.append(rows, { position: after });
      context.progress(after, due.count, 'records verified');
    }
  } catch (error) {
    if (!(error instanceof UserError || error instanceof RetryLater) || context.signal.aborted) throw error;
    remarks.push(`Not all that was written could be looked at again: ${error.message}`);
  }
  const table = await writer.finish();
  return { table, overtaken: await report(context, table), remarks };
}

const partText = (some: number, all: number): string =>
  `Of ${countText(all)} records that were written, the first ${countText(some)} were looked at again; of the others an undo deletes only those that nobody has saved since they were created.`;

const isThere: ExportOutcome[] = ['created', 'updated', 'undeleted'];

function writtenRecords(rows: TableRef, outcomes: TableRef): Relation {
  const text = (name: string, type: Column['type']): Column => ({ name, label: '', type });
  const joined: Relation = {
    op: 'join',
    kind: 'inner',
    left: {
      op: 'filter',
      input: scan(outcomes),
      where: { op: 'in', value: column('outcome'), list: isThere, type: 'text' },
    },
    right: scan(rows),
    on: [{ left: column('_row', 'left'), right: column('_row', 'right') }],
    columns: (['values', 'told', 'before'] as const).map((name) => ({ from: name, as: text(name, 'json') })),
  };
  const chosen = [text('_row', 'integer'), text('recordId', 'text')];
  const own = [...chosen, text('values', 'json'), text('told', 'json'), text('before', 'json')];
  return { op: 'project', input: joined, columns: own.map((one) => ({ ...one, expr: column(one.name) })) };
}

function toRecord([row = null, id = null, values = null, told = null, before = null]: Cell[]): WrittenRecord {
  return {
    row: Number(row),
    id: String(id),
    told: (told ?? values ?? {}) as Record<string, Cell>,
    before: before as Record<string, Cell> | null,
  };
}

async function lookAt(
  client: CrmClient,
  { target, details }: Plan,
  records: readonly WrittenRecord[],
  since: string,
): Promise<Cell[][]> {
  const found = await readAgain(client, target, nameFields(details), records);
  const lost = details.history ? await findOverwritten(client, target, details.history, { records, since }) : new Map();
  return records.map(({ row, id, told }) => {
    const values = found.get(id);
    const reason = reasonOf(target, { values, told, lost: lost.get(id) ?? [] });
    const stamp = target.stampField === null ? null : (values?.[target.stampField] ?? null);
    return [row, id, values ? nameHeld(details, values) : null, stamp, ...(reason ? rejectCells(reason) : noReason)];
  });
}

async function readAgain(
  client: CrmClient,
  { object, idField, stampField }: Target,
  more: readonly string[],
  records: readonly WrittenRecord[],
): Promise<Map<string, Record<string, Cell>>> {
  const named = records.flatMap(({ told }) => Object.keys(told));
  const fields = [...new Set([idField, ...(stampField === null ? [] : [stampField]), ...more, ...named])];
  const found = new Map<string, Record<string, Cell>>();
  const ids = records.map(({ id }) => id);
  for await (const page of client.readByIds({ object, fields }, ids))
    for (const cells of page.rows)
      found.set(String(cells[0]), Object.fromEntries(fields.map((name, index) => [name, cells[index] ?? null])));
  return found;
}

type Held = Readonly<Record<string, Cell>>;

interface Again {
  values: Held | undefined;
  told: Held;
  /** Fields of which another change was overwritten. */
  lost: readonly string[];
}

/** One that is gone again is no business of the export any more. */
function reasonOf(target: Target, { values, told, lost }: Again): RejectReason | null {
  if (!values) return null;
  const stored = storedOtherwise(target, values, told);
  const others = differing(target, values, told).filter((name) => !stored.has(name));
  if (others.length + lost.length > 0) return overtakenBy(others, lost);
  const what = [...stored].map(([name, words]) => `${words} in ${name}`).join('; ');
  return stored.size === 0 ? null : ownReason('WRITE_ADAPTED', { what }, [...stored.keys()]);
}

/** By the name of the field: what the CRM made of the value by itself. */
function storedOtherwise({ fields }: Target, values: Held, told: Held): Map<string, string> {
  const known = new Map(fields.map(({ remote }) => [remote.name, remote]));
  return new Map(
    Object.keys(told).flatMap((name) => {
      const remote = known.get(name);
      const [given, held] = [told[name] ?? null, values[name] ?? null];
      if (!remote || !isStoredAs(remote, given, held)) return [];
      return [[name, `${shortened(held)} for ${shortened(given)}`] as const];
    }),
  );
}

/** Long texts differ at their end. */
function shortened(cell: Cell): string {
  const text = String(cell);
  return text.length <= mostShown ? text : `…${text.slice(-mostShown)}`;
}

function overtakenBy(others: readonly string[], lost: readonly string[]): RejectReason {
  const parts = [
    ...(others.length > 0 ? [`${others.join(', ')}: it holds another value than was written`] : []),
    ...(lost.length > 0 ? [`${lost.join(', ')}: another change, made right before, was overwritten`] : []),
  ];
  return ownReason('WRITE_OVERTAKEN', { what: parts.join('; ') }, [...new Set([...others, ...lost])]);
}

/** How many were overtaken; the first of them by name. */
async function report(context: Context, table: TableRef): Promise<Overtaken> {
  const where: Predicate = { op: 'eq', left: column('errorCode'), right: literal('WRITE_OVERTAKEN', 'text') };
  const records = await context.table({ op: 'filter', input: scan(table), where }, { name: 'overtaken' });
  const ids: string[] = [];
  for await (const { rows } of context.read(records, { columns: ['recordId'] })) {
    ids.push(...rows.slice(0, mostNamed).map(([id]) => String(id)));
    break;
  }
  return { count: records.count, ids };
}
