/** A claimed task from its claim to its commit: the node runs, may be interrupted, and what came of it is written. */
import type { ErrorReply } from '../../contract/errors.ts';
import { RetryLater, toErrorReply, UserError } from '../../contract/errors.ts';
import { openTaskStates } from '../../contract/run.ts';
import { waitFor } from '../db/clock.ts';
import type { TaskRow } from '../db/rows.ts';
import { listExportTables } from '../exports/keep.ts';
import { dropOldPasses } from '../keeping/passes.ts';
import { queryRevivable } from '../runs/retryRun.ts';
import { FencedError } from '../tables/types.ts';
import type { Claimed } from './claim.ts';
import { claimWithin } from './claim.ts';
import { holdsAttempt } from './close.ts';
import type { Outcome } from './commit.ts';
import { commitOutcome } from './commit.ts';
import { execute } from './execute.ts';
import type { Failure } from './fail.ts';
import type { Flow } from './flow.ts';
import { loadFlow } from './flow.ts';
import type { Host } from './host.ts';
import { commitChange } from './host.ts';
import type { Report } from './report.ts';
import { openReport } from './report.ts';

/** Why an attempt is ended from outside. `fenced`: its task belongs to somebody else, or is over. */
export type EndReason = 'stop' | 'shutdown' | 'time limit' | 'fenced';

export interface RunningTask {
  task: TaskRow;
  /** Asks the node to end; after two seconds it is given up. The first reason stays. */
  end(reason: EndReason): void;
  /** Resolves when the attempt is committed or given up; never rejects. */
  done: Promise<Ended>;
}

/** What there is to look for after an attempt. */
export interface Ended {
  /** It may wait for an instant now. */
  mayWait: boolean;
  /** Something else than the task that was gone on with may have become claimable. */
  mayFollow: boolean;
}

/** The engine, as far as a task needs it. */
export interface Runner {
  /** Whether nobody waits for a slot, so that what a task has made can be begun at once, in the commit that makes it. */
  mayGoOn(): boolean;
  goOn(next: Claimed): void;
  /** Gets what a node that did not end still does. */
  onAbandoned(task: TaskRow, work: Promise<unknown>): void;
}

/** Milliseconds a node has to end after its signal. */
const grace = 2_000;
const commitTries = 5;
const firstPause = 100;

export function startTask(host: Host, claimed: Claimed, runner: Runner): RunningTask {
  const { task } = claimed;
  const ending = openEnding(host, task);
  const done = runTask(host, claimed, ending, runner).catch((error: unknown): Ended => {
    host.log.error({ err: error, run: task.run_id, task: task.id }, 'the end of a task could not be written');
    return { mayWait: true, mayFollow: true };
  });
  return { task, end: ending.end, done: done.finally(ending.close) };
}

interface Ending {
  signal: AbortSignal;
  reason(): EndReason | null;
  end(reason: EndReason): void;
  /** Resolves when the node has had its time to end. */
  given: Promise<void>;
  close(): void;
}

function openEnding(host: Host, task: TaskRow): Ending {
  const controller = new AbortController();
  const { promise: given, resolve } = Promise.withResolvers<void>();
  let reason: EndReason | null = null;
  let cancel = (): void => undefined;
  return {
    signal: controller.signal,
    given,
    reason: () => reason,
    end(why) {
      if (reason !== null) return;
      reason = why;
      cancel = host.clock.after(grace, resolve);
      controller.abort(new UserError('STOPPED'));
    },
    close() {
      cancel();
      controller.abort(new FencedError(`The attempt ${task.attempt} of the task ${task.id} is over.`));
    },
  };
}

async function runTask(host: Host, { task, run }: Claimed, ending: Ending, runner: Runner): Promise<Ended> {
  const flow = await loadFlow(host, task.run_id);
  const seconds = flow.node(task.node_id).timeLimit;
  const cancelLimit = seconds === undefined ? null : host.clock.after(seconds * 1_000, () => ending.end('time limit'));
  const report = openReport(host, task, () => ending.end('fenced'));
  const began = host.clock.now().getTime();
  const work = execute({ host, flow, task, run, signal: ending.signal, report }).then(
    (outcome): Settled => ({ outcome }),
    (error: unknown): Settled => ({ error }),
  );
  const settled = await Promise.race([work, ending.given.then(() => null)]);
  cancelLimit?.();
  if (settled === null) runner.onAbandoned(task, work);
  await report.close();
  const outcome = decide(host, task, { settled, reason: ending.reason(), seconds });
  const duration = Math.max(0, host.clock.now().getTime() - began);
  const written = { host, flow, task, report, duration, runner, tried: [] };
  const committed = outcome && (await writeOutcome(written, outcome));
  const mayWait = outcome?.kind !== 'done';
  return { mayWait, mayFollow: mayWait || !committed?.next || committed.made > 1 };
}

type Settled = { outcome: Outcome } | { error: unknown };
interface End {
  /** null: the node did not end in time. */
  settled: Settled | null;
  reason: EndReason | null;
  seconds: number | undefined;
}

/** What the end of the node means. null: nothing may be written. */
function decide(host: Host, task: TaskRow, { settled, reason, seconds }: End): Outcome | null {
  if (reason === 'fenced') return null;
  if (reason === 'time limit') return failed(toErrorReply(new UserError('TIME_LIMIT', { seconds })), null);
  if (settled && 'outcome' in settled) return settled.outcome;
  if (reason === 'stop') return { kind: 'stopped' };
  if (reason === 'shutdown') return { kind: 'released' };
  return settled ? judge(host, task, settled.error) : null;
}

/** Who may mend an error decides whether it is tried again. */
function judge(host: Host, task: TaskRow, error: unknown): Outcome | null {
  if (error instanceof FencedError) return null;
  if (error instanceof UserError) return { ...failed(toErrorReply(error), null), said: true };
  if (error instanceof RetryLater) {
    const retry = { after: error.after, random: host.random(), counts: error.counts };
    return { ...failed(toErrorReply(error), retry), said: true };
  }
  const id = `${task.id}-${task.attempt}`;
  host.log.error({ err: error, id, run: task.run_id, task: task.id, node: task.node_id }, 'a node failed by a bug');
  return failed(toErrorReply(error, id), { after: undefined, random: host.random(), counts: true });
}

function failed(error: ErrorReply, retry: Failure['retry']): Extract<Outcome, { kind: 'failed' }> {
  return { kind: 'failed', error, retry };
}

interface Written {
  host: Host;
  flow: Flow;
  task: TaskRow;
  report: Report;
  duration: number;
  runner: Runner;
  /** Commits that went on with a task, those included whose answer was lost. */
  tried: Going[];
}

interface Going extends Committed {
  next: Claimed;
}

interface Committed {
  /** How many tasks it has made. */
  made: number;
  /** The one of them that was claimed with it. */
  next: Claimed | null;
}

/** An outcome that cannot be written whatever is tried becomes a failure of the task: it must not be tried for ever. */
async function writeOutcome(written: Written, outcome: Outcome): Promise<Committed | null> {
  const { host, task, runner } = written;
  try {
    const committed = await commitRepeatedly(written, outcome);
    if (committed?.next) runner.goOn(committed.next);
    if (committed) await sweep(host, task, outcome);
    return committed;
  } catch (error) {
    const id = `${task.id}-${task.attempt}`;
    host.log.error({ err: error, id, run: task.run_id, task: task.id }, 'a task could not be committed');
    const committed = await commitOnce(written, failed(toErrorReply(error, id), null));
    if (committed?.next) runner.goOn(committed.next);
    return committed;
  }
}

async function commitRepeatedly(written: Written, outcome: Outcome): Promise<Committed | null> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await commitOnce(written, outcome)) ?? (await findMade(written));
    } catch (error) {
      if (tries === commitTries) throw error;
      written.host.log.warn({ err: error, task: written.task.id, tries }, 'a commit is repeated');
      await waitFor(written.host.clock, firstPause * 2 ** tries);
    }
  }
}

/** The commit of which only the answer was lost: it has begun a task, and nobody else works on that. */
async function findMade({ host, tried }: Written): Promise<Committed | null> {
  for (const going of tried) if (await holdsAttempt(host.db, going.next.task)) return going;
  return null;
}

/**
 * Reads back first: after a lost connection the commit before may have been made. A node that is done needs no look of its
 * own: closing its attempt is the first thing that is written. Null when nothing was written.
 */
function commitOnce(
  { host, flow, task, report, duration, runner, tried }: Written,
  outcome: Outcome,
): Promise<Committed | null> {
  return commitChange(host, task.run_id, async (change) => {
    if (outcome.kind !== 'done' || report.hasMore()) {
      if (!(await holdsAttempt(change.tx, task))) return null;
      await report.finish(change);
    }
    if (!(await commitOutcome(change, flow, task, outcome, duration))) return null;
    const [first] = change.made;
    const next = first !== undefined && runner.mayGoOn() ? await claimWithin(host, change, first) : null;
    const made = change.made.length;
    if (next) tried.push({ made, next });
    return { made, next };
  });
}

/** Work tables that the task made and nobody can reach any more. They only cost space, so a failure is only logged. */
async function sweep(host: Host, task: TaskRow, outcome: Outcome): Promise<void> {
  try {
    if (outcome.kind !== 'done' && !(await isOver(host, task))) return;
    const left = outcome.kind === 'done' ? Object.values(outcome.ports).filter((table) => table !== null) : [];
    const exported = await listExportTables(host.db, { id: task.id });
    await host.stores.run(task.run_id).sweep(task.id, [...left, ...exported]);
    await dropOldPasses(host, task);
  } catch (error) {
    host.log.warn({ err: error, task: task.id }, 'work tables of a task were not swept');
  }
}

/** A retry of the run goes on with the tables of a task that failed or was stopped: what it has sent, they alone know. */
async function isOver({ db }: Host, { id, run_id }: TaskRow): Promise<boolean> {
  const row: Pick<TaskRow, 'state'> | undefined = await db('tasks').where({ id }).first('state');
  if (!row || openTaskStates.includes(row.state)) return false;
  const revivable: { id: string } | undefined = await queryRevivable(db, run_id).where({ id }).first('id');
  return revivable === undefined;
}
