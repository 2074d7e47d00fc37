/** Pages of the CRM into work tables: what every kind of import shares. */
import type { CrmClient, ReadPage, RemoteField, RemoteObjectDetails } from '../../contract/connector.ts';
import { clientAs } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { rejectCells, withRejectColumns } from '../kit/rejects.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, TableWriter } from '../kit/run.ts';
import { WriteBehind } from '../kit/writeBehind.ts';
import { BesidePages } from './besidePages.ts';
import type { CrmConfig, ImportField } from './config.ts';
import { fieldColumn } from './config.ts';
import { cellConversions, convertRows } from './conversions.ts';
import { stampColumn } from './delivered.ts';
import { hashColumn, hashOf } from './hash.ts';
import { recordColumns } from './ports.ts';

export type Context = NodeContext<CrmConfig>;

export async function openClient(context: Context): Promise<CrmClient> {
  const { connection } = context.config;
  return clientAs((await context.connect(connection)).client, 'crm', connection);
}

/** A chosen field with what only the CRM knows of it. */
export type ReadField = ImportField & Pick<RemoteField, 'wallClock'>;

/** The fields as they are now. One that vanished or changed its type since the workflow was drawn stops the run: its column would lie. */
export async function fieldsNow(
  client: CrmClient,
  details: RemoteObjectDetails,
  fields: readonly ImportField[],
): Promise<ReadField[]> {
  const known = new Map(details.fields.map((field) => [field.name.toLowerCase(), field]));
  return Promise.all(
    fields.map(async (field) => {
      const found: RemoteField =
        known.get(field.name.toLowerCase()) ?? (await client.fieldAt(details.name, field.name));
      if (found.type !== field.type)
        throw new UserError('FIELD_TYPE_CHANGED', { field: field.name, found: found.type, known: field.type });
      return found.wallClock ? { ...field, wallClock: found.wallClock } : field;
    }),
  );
}

export interface Reading {
  fields: readonly ReadField[];
  /** Where the cell stands, in the pages' rows, that is kept as the stamp; null: there is none. */
  stampAt: number | null;
  /** Of which records a hash is kept beside them, by the stamp; null: of none. */
  hashed: ((stamp: Cell) => boolean) | null;
  /** So many of the fields, the first ones, are in the hash; left out: all. The others only order, and make no record another one. */
  leaving?: number;
  /** Whether a later attempt goes on behind the last position. */
  resume: boolean;
  pages(position: TableWriter['position']): AsyncIterable<ReadPage>;
  /** Keeps what the page that came last holds beside rows and rejects, before its rows are written, behind that position. */
  keep?(behind: TableWriter['position']): Promise<void>;
}

export interface ReadTables {
  /** Chosen columns, and last the stamp, which no conversion has touched, where there is one. */
  records: TableRef;
  rejects: TableRef;
}

export async function readRecords(context: Context, reading: Reading): Promise<ReadTables> {
  const { resume } = reading;
  const columns = readColumns(reading);
  const records = await context.writer({ columns, name: 'records', resume });
  const rejects = await BesidePages.open(
    await context.writer({ columns: withRejectColumns(recordColumns(columns)), name: 'rejects', resume }),
    records,
  );
  const toRows = rowsOf(context, reading);
  const behind = new WriteBehind(records);
  let cleaned = 0;
  for await (const page of settledAtEnd(reading.pages(resume ? records.position : null), behind)) {
    context.signal.throwIfAborted();
    const converted = toRows(page.rows);
    await behind.settle();
    await rejects.keep(rejectRows(page), records.position);
    await reading.keep?.(records.position);
    behind.begin(converted, { position: page.position });
    cleaned += page.cleaned;
    context.progress(records.count + rejects.count, page.total, 'records', {
      success: records.count,
      reject: rejects.count,
    });
  }
  if (cleaned > 0) warnOfCleaning(context, cleaned);
  return { records: await records.finish(), rejects: await rejects.finish(context, 'kept') };
}

const rejectRows = ({ rejects }: ReadPage): Cell[][] =>
  rejects.map((reject) => [...rejectCells(reject), reject.id, reject.record]);

type Shape = Pick<Reading, 'fields' | 'stampAt' | 'hashed' | 'leaving'>;

export function readColumns({ fields, stampAt, hashed }: Shape): Column[] {
  return [
    ...fields.map(fieldColumn),
    ...(stampAt === null ? [] : [stampColumn]),
    ...(hashed === null ? [] : [hashColumn]),
  ];
}

/** What a page's rows become: converted, with the stamp as it came, or with their hash. */
export function rowsOf(
  context: Context,
  { fields, stampAt, hashed, leaving = fields.length }: Shape,
): (rows: Cell[][]) => Cell[][] {
  const conversions = cellConversions(fields, context.timeZone);
  const counted = (row: Cell[]): Cell[] =>
    leaving === fields.length ? row : [...row.slice(0, leaving), ...row.slice(fields.length)];
  return (rows) => {
    const stamped = stampAt === null ? rows : rows.map((row) => withStamp(row, fields.length, stampAt));
    const converted = convertRows(stamped, conversions);
    if (hashed !== null)
      for (const row of converted) row.push(hashed(row[fields.length] ?? null) ? hashOf(counted(row)) : null);
    return converted;
  };
}

const withStamp = (row: Cell[], length: number, stampAt: number): Cell[] => [
  ...row.slice(0, length),
  row[stampAt] ?? null,
];

function warnOfCleaning(context: Context, cleaned: number): void {
  const what = 'held characters that no database keeps (U+0000, broken surrogates); they were removed or replaced';
  context.log('warning', `${countText(cleaned)} values ${what}.`);
}

/** However reading ends, what was read before is written: a later attempt goes on behind it. */
async function* settledAtEnd(pages: AsyncIterable<ReadPage>, behind: WriteBehind): AsyncGenerator<ReadPage> {
  try {
    yield* pages;
  } finally {
    await behind.settle();
  }
}

export async function reportRejects(context: Context, rejects: TableRef): Promise<void> {
  if (rejects.count === 0) return;
  const where = context.config.rejectFile.enabled
    ? ` They are kept in ${await context.saveFile(context.config.rejectFile.name, rejects)}.`
    : '';
  context.log('warning', `${countText(rejects.count)} records were rejected.${where}`);
}
