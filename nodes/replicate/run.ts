import type { RemoteObject } from '../../contract/connector.ts';
import { clientAs } from '../../contract/connector.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { NodeContext, NodeRun } from '../kit/run.ts';
import { captureChanges } from './changes.ts';
import { compare } from './compare.ts';
import type { Mode, ReplicateConfig, ReplicatedObject } from './config.ts';
import { hasChangeTable, modeLabels, modeOf } from './config.ts';
import { databaseTarget } from './databaseTarget.ts';
import type { Outcome } from './load.ts';
import { describeCounts, load, sweep } from './load.ts';
import { localTarget } from './localTarget.ts';
import { collisions, tableName, whyNot } from './objects.ts';
import type { Counts } from './outputs.ts';
import { countNames, failedColumns, failedRows, noCounts, objectColumns } from './outputs.ts';
import type { ReplicaScope } from './replica.ts';
import { Replica } from './replica.ts';
import { finishedObjects, openResults } from './resultTables.ts';
import type { ReplicaState } from './state.ts';
import { newState } from './state.ts';
import type { Target } from './target.ts';

type Context = NodeContext<ReplicateConfig>;

const works: Record<Mode, (replica: Replica) => Promise<Outcome>> = {
  changes: captureChanges,
  full: (replica) => load(replica, replica.plan.added.length > 0),
  reload: sweep,
  // There is nothing to compare with yet.
  compare: (replica) => (replica.state.loaded ? compare(replica) : sweep(replica)),
};

/** One object after the other. One that fails keeps none of the others back; what only time can mend is tried again by the engine. */
export const run: NodeRun<ReplicateConfig> = async (context) => {
  const scope = await openScope(context);
  const listed = new Map((await scope.client.objects()).map((object) => [object.name.toLowerCase(), object]));
  const finished = finishedObjects(scope.results);
  const retry: RetryLater[] = [];
  for (const [index, object] of context.config.objects.entries()) {
    if (finished.includes(object.name)) continue;
    const place = `object ${index + 1} of ${context.config.objects.length}`;
    const outcome = await replicate(scope, object, listed, place).catch((error: unknown) =>
      failed(scope, object, error),
    );
    if (outcome instanceof RetryLater) retry.push(outcome);
    else {
      finished.push(object.name);
      await scope.results.objects.append([outcome], { position: [...finished] });
    }
    // Twice in a row it is not the object.
    if (retry.length > 1 && outcome instanceof RetryLater) break;
  }
  if (retry[0]) throw retry[0];
  return finish(context, scope);
};

async function openScope(context: Context): Promise<ReplicaScope> {
  const { connection } = context.config;
  const client = clientAs((await context.connect(connection)).client, 'crm', connection);
  return { context, client, target: await openTarget(context), results: await openResults(context) };
}

async function openTarget(context: Context): Promise<Target> {
  const { target, database } = context.config;
  if (target === 'local') return localTarget(context);
  return databaseTarget(clientAs((await context.connect(database)).client, 'database', database), database);
}

async function replicate(
  scope: ReplicaScope,
  object: ReplicatedObject,
  listed: ReadonlyMap<string, RemoteObject>,
  place: string,
): Promise<Cell[]> {
  const { config } = scope.context;
  refuseUnfit(config, object, listed);
  const details = await scope.client.describe(object.name);
  const table = tableName(config.prefix, object.name);
  const state = await stateOf(scope, object, table);
  const replica = new Replica(scope, { details, table, state, changeTable: hasChangeTable(config, object), place });
  if (!replica.isThrough) await work(replica, modeOf(config, object));
  return resultRow(config, object, { replica, counts: replica.counts });
}

async function work(replica: Replica, mode: Mode): Promise<void> {
  replica.log('info', `${modeLabels[mode]} into ${replica.table.name} begins, ${replica.place}.`);
  sayDrift(replica);
  // Claimed before it is made, so that a table whose maker died is known as ours.
  if (replica.state.revision === 0) await replica.move({});
  await replica.ensure();
  await replica.finish(await works[mode](replica));
  replica.log('info', `${describeCounts(replica)}.`);
}

/** By the list of what no organisation gives as a whole, by what the organisation says, and by the tables of the others. */
function refuseUnfit(
  config: ReplicateConfig,
  { name }: ReplicatedObject,
  listed: ReadonlyMap<string, RemoteObject>,
): void {
  const remote = listed.get(name.toLowerCase());
  const reason = whyNot(remote ?? { name, queryable: true });
  if (reason !== null) throw new UserError('OBJECT_NOT_REPLICABLE', { object: name, reason });
  if (!remote) throw new UserError('OBJECT_UNKNOWN', { object: name });
  const clash = collisions(config).find(({ objects }) => objects.includes(name));
  if (clash) throw new UserError('REPLICA_NAMES', { table: clash.table, objects: clash.objects.join(', ') });
}

/** A table that somebody else has made, or that is filled from somewhere else, is not touched. */
async function stateOf(
  { target, context }: ReplicaScope,
  object: ReplicatedObject,
  table: string,
): Promise<ReplicaState> {
  const source = `${context.config.connection}/${object.name}`;
  const known = await target.state(table);
  const exists = await target.exists(table);
  if (!known) {
    if (exists) throw new UserError('REPLICA_TAKEN', { table, reason: 'it exists and was not made by Replicate' });
    return newState(source);
  }
  // Somebody has removed the table: it begins anew, with positions that no change has had.
  if (!exists) return { ...newState(source), revision: known.revision };
  if (known.source === source) return known;
  const whole = ['reload', 'compare'].includes(modeOf(context.config, object));
  if (!whole)
    throw new UserError('REPLICA_TAKEN', { table, reason: `it holds a copy of ${known.source}; Reload takes it over` });
  return { ...known, source, loaded: false, load: null, window: null };
}

function sayDrift(replica: Replica): void {
  const { added, vanished, changed } = replica.plan;
  if (added.length > 0) replica.log('info', `new columns ${added.join(', ')}.`);
  if (vanished.length > 0)
    replica.log(
      'warning',
      `the fields ${vanished.join(', ')} are gone or no longer visible; their columns stay as they are.`,
    );
  for (const { name, was, is } of changed)
    replica.log('warning', `${name} is ${is} now; its column stays ${was}, and values that do not fit are rejected.`);
}

/** What a person can mend becomes a row; a bug goes on as one, and so does the end of the run. */
function failed(scope: ReplicaScope, object: ReplicatedObject, error: unknown): Cell[] | RetryLater {
  scope.context.signal.throwIfAborted();
  if (error instanceof RetryLater) {
    scope.context.log('warning', `${object.name}: ${error.message}`);
    return error;
  }
  if (!(error instanceof UserError)) throw error;
  const { config } = scope.context;
  const { message } = error;
  scope.context.log('error', `${object.name}: ${message}`);
  return resultRow(config, object, { error: { code: error.code as ErrorCode, message } });
}

function resultRow(
  config: ReplicateConfig,
  object: ReplicatedObject,
  {
    replica,
    counts = noCounts(),
    error,
  }: { replica?: Replica; counts?: Counts; error?: { code: ErrorCode; message: string } },
): Cell[] {
  const mode = modeOf(config, object);
  const state = error?.code === 'OBJECT_NOT_REPLICABLE' ? 'not replicable' : error ? 'failed' : 'done';
  const list = (names: readonly string[] | undefined): Cell => names?.join(', ') || null;
  const captured = mode === 'changes' ? replica?.state : undefined;
  return [
    object.name,
    tableName(config.prefix, object.name),
    mode,
    state,
    ...countNames.map((name) => counts[name]),
    list(replica?.plan.added),
    list(replica?.plan.changed.map(({ name, was, is }) => `${name}: ${was} → ${is}`)),
    list(replica?.plan.vanished),
    captured?.changedUntil ?? null,
    captured?.deletedUntil ?? null,
    error?.code ?? null,
    error?.message ?? null,
  ];
}

/** In the order of the settings, whichever was tried again. */
async function finish(context: Context, { results, target }: ReplicaScope) {
  const rows = await inOrder(context, await results.objects.finish());
  const failures = failedRows(rows);
  const said = `${rows.length - failures.length} of ${rows.length} objects copied into ${target.label}`;
  if (failures.length > 0) context.log('warning', `${said}, ${failures.length} failed.`);
  else context.log('info', `${said}.`);
  return {
    ports: {
      success: await writeTable(context, 'result', objectColumns, rows),
      reject: await results.rejects.finish(),
      failed: await writeTable(context, 'failed', failedColumns, failures),
      drift: await results.drift.finish(),
    },
    vars: { ...context.vars, recCount: rows.length },
  };
}

async function inOrder(context: Context, finished: TableRef): Promise<Cell[][]> {
  const byName = new Map<string, Cell[]>();
  for await (const { rows } of context.read(finished)) for (const row of rows) byName.set(String(row[0]), row);
  return context.config.objects.flatMap(({ name }) => {
    const row = byName.get(name);
    return row ? [row] : [];
  });
}

async function writeTable(context: Context, name: string, columns: Column[], rows: Cell[][]): Promise<TableRef> {
  const writer = await context.writer({ name, columns });
  if (rows.length > 0) await writer.append(rows);
  return writer.finish();
}
