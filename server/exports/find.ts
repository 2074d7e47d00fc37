/** Exports as rows, with what their runs and those that undo them say. */
import { UserError } from '../../contract/errors.ts';
import type { ExportStage, ExportSummary } from '../../contract/exports.ts';
import type { RunState } from '../../contract/run.ts';
import { finalRunStates, isFinal } from '../../contract/run.ts';
import type { WorkflowSettings } from '../../contract/workflow.ts';
import type { Db } from '../db/transaction.ts';
import { listWorkflowSettings } from '../workflows/settings.ts';
import { findRequeued } from './requeued.ts';
import type { ExportRow } from './rows.ts';

/** What its run says; null where that is not there any more. */
interface RunOfExport {
  run_state: RunState | null;
  ended_at: string | null;
  run_purged: boolean | number | null;
}
export type FoundExport = ExportRow & RunOfExport;

/** What lists need: the rest may be large. */
const listed = [
  ...(['id', 'run_id', 'workflow_name', 'workflow_label', 'node_id', 'node_label', 'connection', 'object'] as const),
  ...(['object_label', 'operation', 'stage', 'counts', 'open_doubt', 'open_rejects', 'undoes'] as const),
  ...(['created_at', 'updated_at', 'run_ended_at'] as const),
];
export type ListedExport = Pick<ExportRow, (typeof listed)[number]> & RunOfExport;

export const queryExports = (db: Db, columns: readonly string[] = listed) =>
  db('exports')
    .leftJoin('runs', 'runs.id', 'exports.run_id')
    .where({ 'exports.gone': false })
    .select(columns.map((name) => `exports.${name}`))
    .select({ run_state: 'runs.state', ended_at: 'runs.ended_at', run_purged: 'runs.purged' });

/** Throws UserError NOT_FOUND. */
export async function findExport(db: Db, id: string): Promise<FoundExport> {
  const row: FoundExport | undefined = await queryExports(db, ['*']).where({ 'exports.id': id }).first();
  if (!row) throw new UserError('NOT_FOUND', { what: `The export ${id}` });
  return row;
}

/** Reads an export with its tables. Its node may say more meanwhile, and the tables of the word before go: it is read anew then. */
export async function readSteady<T>(db: Db, id: string, read: (row: FoundExport) => Promise<T>): Promise<T> {
  const row = await findExport(db, id);
  try {
    return await read(row);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'WORK_TABLE_LOST') throw error;
    if ((await findExport(db, id)).tables === row.tables) throw error;
    return readSteady(db, id, read);
  }
}

export interface ExportFilter {
  workflow?: string | undefined;
  run?: string | undefined;
  node?: string | undefined;
  stage?: ExportStage | undefined;
  open?: boolean | undefined;
  before?: string | undefined;
  limit?: number | undefined;
}

/** Newest first. `days`: how long exports are kept where their workflow says nothing. */
export async function listExports(db: Db, days: number, filter: ExportFilter): Promise<ExportSummary[]> {
  const query = queryExports(db)
    .orderBy('exports.id', 'desc')
    .limit(filter.limit ?? 50);
  const { workflow, run, node, stage, open, before } = filter;
  if (workflow !== undefined) query.where({ 'exports.workflow_name': workflow });
  if (run !== undefined) query.where({ 'exports.run_id': run });
  if (node !== undefined) query.where({ 'exports.node_id': node });
  if (before !== undefined) query.where('exports.id', '<', before);
  if (stage !== undefined) query.where((own) => atStage(own, stage));
  if (open) query.where((own) => isOpen(own));
  const rows: ListedExport[] = await query;
  return summarise(db, days, rows);
}

type Condition = ReturnType<typeof queryExports>;

/** What waited for a person when its run ended waits no more: nothing was sent, and nothing will be. */
function atStage(query: Condition, stage: ExportStage): void {
  if (stage === 'asking') query.where({ 'exports.stage': stage }).whereNotIn('runs.state', finalRunStates);
  else if (stage !== 'planned') query.where({ 'exports.stage': stage });
  else query.where({ 'exports.stage': stage }).orWhere((asked) => isOver(asked.where({ 'exports.stage': 'asking' })));
}

function isOver(query: Condition): void {
  query.where((over) => over.whereNull('runs.id').orWhereIn('runs.state', finalRunStates));
}

/** While it sends, nothing is in doubt that it may still say. */
function isOpen(query: Condition): void {
  query
    .where('exports.open_rejects', '>', 0)
    .orWhere((doubt) =>
      doubt
        .where('exports.open_doubt', '>', 0)
        .where((known) => known.where({ 'exports.stage': 'settled' }).orWhere((sending) => isOver(sending))),
    );
}

const isRunOver = ({ run_state }: Pick<FoundExport, 'run_state'>): boolean => run_state === null || isFinal(run_state);

/** Throws UserError EXPORT_NOT_SETTLED. */
export function requireSettled({ stage }: Pick<ExportRow, 'stage'>): void {
  if (stage !== 'settled') throw new UserError('EXPORT_NOT_SETTLED', { stage });
}

/** Settled, or never to be, because its run is over. Throws UserError EXPORT_NOT_SETTLED. */
export function requireKnown(row: Pick<FoundExport, 'stage' | 'run_state'>): void {
  if (row.stage !== 'sending' || !isRunOver(row)) requireSettled(row);
}

export async function summarise(db: Db, days: number, rows: readonly ListedExport[]): Promise<ExportSummary[]> {
  const undone = await findUndone(db, rows);
  const requeued = await findRequeued(db, rows);
  const settings = await listWorkflowSettings(db);
  return rows.map((row) => ({
    ...toSummary(row, expiryOf(row, settings, days)),
    undoneBy: undone.get(row.id) ?? null,
    requeues: requeued.get(row.id) ?? null,
  }));
}

/** Not those that were refused, or that nobody can answer any more: they have taken nothing back. */
async function findUndone(db: Db, rows: readonly ListedExport[]): Promise<Map<string, string>> {
  const found: { undoes: string; id: string }[] = await queryExports(db, ['undoes'])
    .whereIn(
      'undoes',
      rows.map(({ id }) => id),
    )
    .where((done) =>
      done
        .whereIn('exports.stage', ['sending', 'settled'])
        .orWhere((asked) => asked.where({ 'exports.stage': 'asking' }).whereNotIn('runs.state', finalRunStates)),
    )
    .orderBy('exports.id')
    .select('exports.id');
  return new Map(found.map(({ undoes, id }) => [undoes, id]));
}

const day = 86_400_000;

/** When the rows of an export go; null: not as long as its run is not over. */
export function expiryOf(
  row: Pick<ListedExport, 'workflow_name' | 'run_ended_at' | 'run_state' | 'ended_at'>,
  settings: ReadonlyMap<string, WorkflowSettings>,
  days: number,
): string | null {
  const ended = row.run_ended_at ?? (isRunOver(row) ? row.ended_at : null);
  if (ended === null) return null;
  const kept = settings.get(row.workflow_name)?.keep?.exportDays ?? days;
  return new Date(Date.parse(ended) + kept * day).toISOString();
}

function toSummary(row: ListedExport, expiresAt: string | null): Omit<ExportSummary, 'undoneBy' | 'requeues'> {
  const over = isRunOver(row);
  return {
    id: row.id,
    run: row.run_id,
    workflow: row.workflow_name,
    workflowLabel: row.workflow_label,
    nodeId: row.node_id,
    nodeLabel: row.node_label,
    connection: row.connection,
    object: row.object,
    objectLabel: row.object_label,
    operation: row.operation,
    stage: row.stage === 'asking' && over ? 'planned' : row.stage,
    counts: JSON.parse(row.counts) as ExportSummary['counts'],
    openDoubt: row.stage === 'settled' || over ? row.open_doubt : 0,
    openRejects: row.open_rejects,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    undoes: row.undoes,
    expiresAt,
  };
}
