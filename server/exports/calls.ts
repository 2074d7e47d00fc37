import { UserError } from '../../contract/errors.ts';
import type { ExportCall } from '../../contract/exports.ts';
import { column, literal } from '../../contract/relation.ts';
import type { Cell } from '../../contract/types.ts';
import type { Stores } from '../tables/types.ts';
import { readTables } from './keep.ts';
import type { ExportRow } from './rows.ts';

/** More than this happens to no call. */
const mostEvents = 1_000;

/** Throws UserError NOT_FOUND. */
export async function readCall(stores: Pick<Stores, 'run'>, row: ExportRow, call: number): Promise<ExportCall> {
  const missing = new UserError('NOT_FOUND', { what: `The call ${call} of this export` });
  const { calls } = readTables(row);
  if (!calls || !Number.isSafeInteger(call)) throw missing;
  const where = { op: 'eq' as const, left: column('call'), right: literal(call, 'integer') };
  const query = { limit: mostEvents, cursor: null, sort: null, search: '', filter: [], where };
  const page = await stores.run(row.run_id).page(calls, query);
  const events = page.rows.map((cells) => {
    const at = (name: string): Cell => cells[page.columns.findIndex((own) => own.name === name)] ?? null;
    return {
      event: String(at('event')),
      at: String(at('instant')),
      kind: at('kind'),
      operation: at('operation'),
      job: at('job'),
    };
  });
  const [first] = events;
  if (!first) throw missing;
  const job = events.findLast((event) => event.job !== null)?.job ?? null;
  return {
    call,
    kind: String(first.kind ?? ''),
    operation: String(first.operation ?? ''),
    job: job === null ? null : String(job),
    events: events.map(({ event, at }) => ({ event, at })),
  };
}
