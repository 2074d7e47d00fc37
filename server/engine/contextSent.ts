/** Sent states as a node sees them: what it was last sent, and what moves them. */
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, rid, rowId, scan } from '../../contract/relation.ts';
import type { SentRows } from '../../contract/sent.ts';
import { sentColumns, sentRowColumns, sentStateName, sentTable } from '../../contract/sent.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import type { RunTables, SentMove, TableOwner } from '../tables/types.ts';
import type { Attempt } from './attempt.ts';
import { requireAttempt } from './close.ts';

type SentPart = Pick<NodeContext, 'sentState' | 'awaitDelivery' | 'awaited' | 'delivered'>;

export function sentContext(attempt: Attempt): SentPart {
  const { host, flow, node, task, signal } = attempt;
  const tables = host.stores.run(task.run_id);
  const owner: TableOwner = { taskId: task.id, attempt: task.attempt };
  return {
    sentState(target) {
      const name = sentStateName(flow.workflow.internalName, node.id, target);
      return { name, rows: { op: 'local', table: sentTable(name), columns: sentColumns } };
    },
    async awaitDelivery(state, rows, by) {
      signal.throwIfAborted();
      const named = withRecord({ op: 'project', input: rows, columns: plainRow });
      await tables.keepAwaited(owner, { state: state.name, by }, onlyOnce(named, named), signal);
    },
    async awaited(input) {
      signal.throwIfAborted();
      const waiting = (await tables.awaited()).filter(({ by }) => by === null || by === node.id);
      const found = Map.groupBy(waiting, ({ state }) => state);
      const beside: SentRows[] = [];
      for (const [state, list] of found) {
        const rows = await layBeside({ tables, owner, signal }, input, state, list);
        if (rows) beside.push({ state, rows });
      }
      return beside;
    },
    async delivered(sent, rows) {
      signal.throwIfAborted();
      if (attempt.run.simulated || sent.length === 0) return;
      await requireAttempt(host.db, task);
      const place = { runId: task.run_id, at: host.clock.now().toISOString() };
      const moves = sent.map((one): SentMove => ({ ...place, ...one, kind: 'delivered', rows: movedRows(one, rows) }));
      await host.stores.local.moveSent(owner, moves, signal);
    },
  };
}

const plainRow = sentRowColumns.map((own) => ({ ...own, expr: column(own.name) }));
const record = { name: 'record', label: 'Record', type: 'integer' } as const;
const withRecord = (input: Relation): Relation => ({
  op: 'project',
  input,
  keep: true,
  columns: [{ ...record, expr: rid }],
});

/** The rows whose record stands in one row of `among` only: who says that a record was delivered means all its rows. */
function onlyOnce(rows: Relation, among: Relation): Relation {
  const counted: Relation = {
    op: 'group',
    input: among,
    by: [{ ...record, expr: column(record.name) }],
    aggregates: [{ name: 'rows', label: '', type: 'integer', fn: 'count' }],
  };
  const once: Relation = {
    op: 'filter',
    input: counted,
    where: { op: 'eq', left: column('rows'), right: literal(1, 'integer') },
  };
  const on = [{ left: column(record.name, 'left'), right: column(record.name, 'right') }];
  return { op: 'join', kind: 'semi', left: rows, right: once, on };
}

/** One row for each row of the input; null where none of them waits. */
async function layBeside(
  { tables, owner, signal }: { tables: RunTables; owner: TableOwner; signal: AbortSignal },
  input: TableRef,
  state: string,
  waiting: readonly { table: TableRef }[],
): Promise<TableRef | null> {
  const all = waiting.map(({ table }) => scan(table));
  const [only] = all;
  if (!only) return null;
  const newest: Relation = all.length === 1 ? only : { op: 'set', kind: 'union', inputs: all, by: [record.name] };
  const arrived = withRecord({ op: 'project', input: scan(input), columns: [] });
  const beside: Relation = {
    op: 'join',
    kind: 'left',
    left: arrived,
    right: onlyOnce(newest, arrived),
    on: [{ left: column(record.name, 'left'), right: column(record.name, 'right') }],
    columns: sentRowColumns.map((as) => ({ from: as.name, as })),
  };
  const rows = await tables.materialise(
    owner,
    { op: 'project', input: beside, columns: plainRow },
    { name: `sent ${input.id} ${state}`, signal },
  );
  const known: Relation = { op: 'filter', input: scan(rows), where: { op: 'isNotNull', value: column('key') } };
  return (await tables.count(known, signal)) > 0 ? rows : null;
}

/** The rows that are told of, with what they are in the sent state. */
function movedRows({ rows: sent }: SentRows, rows: Relation): Relation {
  return {
    op: 'join',
    kind: 'inner',
    left: rows,
    right: scan(sent),
    on: [{ left: column('row', 'left'), right: rowId }],
    columns: sentRowColumns.map((as) => ({ from: as.name, as })),
  };
}
