import { UserError } from '../../../contract/errors.ts';
import type { RunSummary } from '../../../contract/run.ts';
import type { Actor } from '../../access/actor.ts';
import { actorText, requireRole } from '../../access/actor.ts';
import type { AuditAction } from '../../access/audit.ts';
import { audited } from '../../access/audit.ts';
import type { Tx } from '../../db/transaction.ts';
import { inRun } from '../../db/transaction.ts';
import type { Instance } from '../../instance.ts';
import { decideTask, killRun, pauseRun, resumeRun, stopRun, wakeRun } from '../../runs/commands.ts';
import { createRun } from '../../runs/createRun.ts';
import { requireDisk } from '../../runs/disk.ts';
import { listEvents } from '../../runs/events.ts';
import { listRuns, readRun, readRunDetail } from '../../runs/readRuns.ts';
import { restartRun } from '../../runs/restartRun.ts';
import { retryRun } from '../../runs/retryRun.ts';
import { findStoredInputs } from '../../runs/storedInputs.ts';
import { knownConnections } from '../../workflows/problems.ts';
import { findPublished, findWorkflow, readFile } from '../../workflows/rows.ts';
import { identify } from '../authenticate.ts';
import { changeBy } from '../change.ts';
import type { Call, HandlersOf } from '../route.ts';

type Commands =
  | 'stopRun'
  | 'killRun'
  | 'wakeRun'
  | 'wakeNode'
  | 'decideTask'
  | 'pauseRun'
  | 'resumeRun'
  | 'restartRun'
  | 'retryRun';
type Names = Commands | 'startRun' | 'listRuns' | 'getRun' | 'listEvents' | 'streamEvents';
type Command = (tx: Tx, runId: string, at: string) => Promise<RunSummary>;

export function runHandlers(instance: Instance): HandlersOf<Names> {
  const { db } = instance;
  const command = async (call: Call<Commands>, action: AuditAction, run: Command) => {
    const id = call.param('run');
    const now = instance.clock.now();
    const summary = await inRun(db, id, async (tx) => {
      await audited({ tx, actor: call.actor, now }, action, `run:${id}`);
      return run(tx, id, now.toISOString());
    });
    tell(instance, id);
    if (summary.id !== id) tell(instance, summary.id);
    return summary;
  };
  return {
    startRun: async (call) => {
      const run = await start(instance, call.actor, call.param('workflow'), call.body);
      tell(instance, run.id);
      return run;
    },
    listRuns: (call) => listRuns(db, call.query),
    getRun: (call) => readRunDetail(db, call.param('run')),
    stopRun: (call) => command(call, 'run.stop', stopRun),
    killRun: (call) => command(call, 'run.kill', killRun),
    wakeRun: (call) => command(call, 'run.wake', wakeRun),
    wakeNode: (call) => command(call, 'run.wake', (tx, id, at) => wakeRun(tx, id, at, call.param('node'))),
    decideTask: (call) => {
      const answer = { ...call.body, taskId: call.param('task'), by: actorText(call.actor) };
      return command(call, 'run.decide', (tx, id, at) => decideTask(tx, id, at, answer));
    },
    pauseRun: (call) => command(call, 'run.pause', pauseRun),
    resumeRun: (call) => command(call, 'run.resume', resumeRun),
    restartRun: async (call) => {
      const { version } = await readRun(db, call.param('run'));
      if (version === null) requireRole(call.actor, 'editor');
      await requireDisk(instance.stores, instance.config.diskFloorMB * 1_000_000);
      const connections = await knownConnections(db, instance.checks);
      const host = { catalog: instance.checks.nodes, newId: instance.newId };
      return command(call, 'run.restart', (tx, id, at) => restartRun(tx, { ...host, at }, id, connections));
    },
    retryRun: async (call) => {
      await requireDisk(instance.stores, instance.config.diskFloorMB * 1_000_000);
      return command(call, 'run.retry', retryRun);
    },
    listEvents: async (call) => {
      const run = await readRun(db, call.param('run'));
      return listEvents(db, run.id, call.query.after, call.query.limit);
    },
    streamEvents: (call) => stream(instance, call),
  };
}

function tell(instance: Instance, runId: string): void {
  instance.engine.nudge();
  instance.feed.publish('runs');
  instance.feed.wake(runId);
}

/** Throws UserError ROLE_MISSING for a draft without the role editor, NOT_PUBLISHED, DISK_LOW, and what createRun throws. */
async function start(instance: Instance, actor: Actor, name: string, asked: Call<'startRun'>['body']) {
  const { which, to, from, simulate } = asked;
  if (which === 'draft') requireRole(actor, 'editor');
  const { db, checks, config, newId } = instance;
  await requireDisk(instance.stores, config.diskFloorMB * 1_000_000);
  const row = await findWorkflow(db, name);
  const published = which === 'published' ? await findPublished(db, row) : null;
  if (which === 'published' && !published) throw new UserError('NOT_PUBLISHED');
  const connections = await knownConnections(db, checks);
  const stored = from && (await findStoredInputs(db, name, from.run, from.node));
  return changeBy(instance, actor, async (change) => {
    const host = { catalog: checks.nodes, newId, at: change.now.toISOString() };
    const run = await createRun(change.tx, host, {
      workflow: readFile(published?.file ?? row.draft),
      workflowId: row.id,
      version: published?.version ?? null,
      origin: { kind: actor.kind === 'token' ? 'api' : 'manual', by: actorText(actor) },
      connections,
      ...(to === undefined ? {} : { toNode: to }),
      ...(stored ? { from: stored } : {}),
      ...(simulate ? { simulated: true } : {}),
    });
    const limits = { ...(to ? { to } : {}), ...(from ? { from } : {}), ...(simulate ? { simulate } : {}) };
    await audited(change, 'run.start', `workflow:${name}`, null, { run: run.id, version: run.version, ...limits });
    return run;
  });
}

/** A stream ends when its session or token does. */
async function stream(instance: Instance, call: Call<'streamEvents'>): Promise<void> {
  const { run = null, after = 0 } = call.query;
  if (run !== null) await readRun(instance.db, run);
  const last = Number(call.request.get('last-event-id') ?? 0);
  const request = { user: actorText(call.actor), run, after: Math.max(after, Number.isSafeInteger(last) ? last : 0) };
  const allowed = async () => (await identify(instance, call.request, instance.secureCookies)) !== null;
  await instance.streams.serve(call.response, request, allowed);
}
