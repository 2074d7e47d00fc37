import type { Reply } from '../../../contract/api.ts';
import { UserError } from '../../../contract/errors.ts';
import { readParameters } from '../../../contract/signal.ts';
import { actorText } from '../../access/actor.ts';
import { audited } from '../../access/audit.ts';
import type { Instance } from '../../instance.ts';
import { findDeclared, isAwaited, keepSignal, listSignals, retrySignal } from '../../signals/signals.ts';
import { dismissStuck, requeueStuck } from '../../signals/stuck.ts';
import type { Waiting } from '../../signals/waiting.ts';
import { listWaiting, secondsWaited } from '../../signals/waiting.ts';
import { findPublished, findWorkflow, readFile, subjectOf } from '../../workflows/rows.ts';
import { changeBy } from '../change.ts';
import type { Call, HandlersOf } from '../route.ts';

export function signalHandlers(
  instance: Instance,
): HandlersOf<'sendSignal' | 'retrySignal' | 'listSignals' | 'listWaitingEvents' | 'retryEvents' | 'dismissEvents'> {
  const { db, clock } = instance;
  return {
    sendSignal: async (call) => {
      const id = await send(instance, call);
      instance.engine.nudge();
      return { id, state: 'queued' };
    },
    retrySignal: async (call) => {
      const [workflow, id] = [call.param('workflow'), call.param('signal')];
      const row = await findWorkflow(db, workflow);
      await changeBy(instance, call.actor, async (change) => {
        await retrySignal(change.tx, row.id, id);
        await audited(change, 'signal.retry', subjectOf(workflow), null, { id });
      });
      instance.engine.nudge();
      return { id, state: 'queued' };
    },
    retryEvents: (call) => actOnStuck(instance, call, 'events.retry', requeueStuck),
    dismissEvents: (call) => actOnStuck(instance, call, 'events.dismiss', dismissStuck),
    listSignals: async (call) => listSignals(db, (await findWorkflow(db, call.param('workflow'))).id),
    listWaitingEvents: async (call) => {
      const { id } = await findWorkflow(db, call.param('workflow'));
      const now = clock.now();
      return (await listWaiting(db, { workflow_id: id })).map((waiting) => toWaiting(waiting, now));
    },
  };
}

async function actOnStuck(
  instance: Instance,
  { actor, param }: Call<'retryEvents' | 'dismissEvents'>,
  action: 'events.retry' | 'events.dismiss',
  act: typeof requeueStuck,
): Promise<{ calls: number }> {
  const [workflow, hook] = [param('workflow'), param('hook')];
  const { id } = await findWorkflow(instance.db, workflow);
  const calls = await changeBy(instance, actor, async (change) => {
    const count = await act(change.tx, { workflow_id: id, hook });
    if (count > 0) await audited(change, action, subjectOf(workflow), null, { path: hook, calls: count });
    return count;
  });
  instance.engine.nudge();
  return { calls };
}

const toWaiting = (waiting: Waiting, now: Date): Reply<'listWaitingEvents'>[number] => ({
  path: waiting.path,
  nodeId: waiting.declared && waiting.node,
  calls: waiting.calls,
  events: waiting.events,
  oldestAt: waiting.oldest,
  oldestSeconds: secondsWaited(waiting, now),
  runId: waiting.run,
  stuck: {
    left: { events: waiting.left, run: waiting.leftRun },
    failed: waiting.failed,
    closed: waiting.declared ? 0 : waiting.queued,
  },
  lateAfter: waiting.declared?.lateAfter ?? null,
});

/** Throws UserError NOT_FOUND, SIGNAL_UNKNOWN, SIGNAL_PARAMETER, SIGNAL_UNEXPECTED, SIGNAL_TOO_LARGE or SIGNALS_FULL. */
async function send(instance: Instance, call: Call<'sendSignal'>): Promise<string> {
  const { db, checks, newId } = instance;
  const [workflow, name] = [call.param('workflow'), call.param('signal')];
  const row = await findWorkflow(db, workflow);
  const published = await findPublished(db, row);
  // A draft may be running, too: someone tries it.
  const frozen = published && findDeclared(readFile(published.file), checks.nodes, name);
  const declared = frozen ?? findDeclared(readFile(row.draft), checks.nodes, name);
  if (!declared) throw new UserError('SIGNAL_UNKNOWN', { workflow, signal: name });
  const parameters = readParameters(declared.parameters, call.body.parameters ?? {});
  const { unexpected } = declared;
  if (unexpected === 'refuse' && !(await isAwaited(db, row.id, name)))
    throw new UserError('SIGNAL_UNEXPECTED', { signal: name });
  return changeBy(instance, call.actor, async (change) => {
    const { complete = true } = call.body;
    const sent = { workflowId: row.id, name, parameters, complete, by: actorText(call.actor), at: change.now };
    const id = await keepSignal(change.tx, newId, sent);
    await audited(change, 'signal.send', subjectOf(workflow), null, { signal: name, id });
    return id;
  });
}
