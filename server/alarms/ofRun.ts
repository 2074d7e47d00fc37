/** What the events of a run mean for alarms. Called in the transaction that writes them. */
import type { RunEventBody, RunOrigin, RunState } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { RunRow } from '../db/rows.ts';
import type { Tx } from '../db/transaction.ts';
import { clearAlarm, raiseAlarm } from './raise.ts';
import type { AlarmRow } from './rows.ts';

type RunOfAlarm = Pick<
  RunRow,
  'id' | 'workflow_id' | 'workflow_name' | 'origin' | 'start_node' | 'to_node' | 'simulated'
>;

/** A file that is run without being stored, and a simulation, concern only the person who started them. */
export async function noteEvents(tx: Tx, run: RunOfAlarm, at: string, events: readonly RunEventBody[]): Promise<void> {
  if (run.workflow_id === null || run.simulated) return;
  for (const event of events) {
    if (event.type === 'alarm') await noteAlarm(tx, run, at, event);
    if (event.type === 'run.state') await noteState(tx, run, at, event);
  }
}

async function noteAlarm(
  tx: Tx,
  run: RunOfAlarm,
  at: string,
  { kind = 'node', nodeId, severity, message }: Extract<RunEventBody, { type: 'alarm' }>,
): Promise<void> {
  const key = { kind, workflow: run.workflow_name, node: nodeId ?? '' };
  await raiseAlarm(tx, at, { ...key, severity, message, runId: run.id });
}

async function noteState(
  tx: Tx,
  run: RunOfAlarm,
  at: string,
  { state, reason }: Extract<RunEventBody, { type: 'run.state' }>,
): Promise<void> {
  const key = { workflow: run.workflow_name, node: '' };
  if (state === 'running' || isFinal(state)) await goesOn(tx, run, at);
  if (state === 'failed' || state === 'in doubt') {
    const message = reason ? `${reason.message} ${reason.action}` : `The run is ${state}.`;
    await raiseAlarm(tx, at, { ...key, kind: 'failed', severity: 'error', message, runId: run.id });
  }
  if (succeeded(state)) await recover(tx, run, at);
}

const succeeded = (state: RunState): boolean => state === 'succeeded' || state === 'succeeded with rejects';

/** What this run waited for is over; a start that came late has come. */
async function goesOn(tx: Tx, run: RunOfAlarm, at: string): Promise<void> {
  const waits = { kind: 'waits', workflow: run.workflow_name, node: '' } as const;
  const mine: AlarmRow | undefined = await tx('alarms')
    .where({ ...waits, run_id: run.id, state: 'raised' })
    .first();
  if (mine) await clearAlarm(tx, at, waits, 'The run goes on.', run.id);
  const origin = JSON.parse(run.origin) as RunOrigin;
  if (origin.kind === 'schedule' && origin.instant) await startsInTime(tx, run, at, origin.instant);
}

/** Only a start in time clears it: else each late one would be raised anew. */
async function startsInTime(tx: Tx, run: RunOfAlarm, at: string, instant: string): Promise<void> {
  const key = { kind: 'schedule', workflow: run.workflow_name, node: run.start_node ?? '' } as const;
  const raised: AlarmRow | undefined = await tx('alarms')
    .where({ ...key, state: 'raised' })
    .first();
  if (!raised) return;
  const schedule: { late_after: number | null } | undefined = await tx('schedules')
    .where({ workflow_id: run.workflow_id, node_id: key.node })
    .first('late_after');
  const late = (schedule?.late_after ?? Number.POSITIVE_INFINITY) * 60_000;
  if (Date.parse(at) - Date.parse(instant) <= late) await clearAlarm(tx, at, key, 'A start was in time again.', run.id);
}

/** A run that succeeded without an alarm of its own clears those of the runs before it; one that went up to a node only proves nothing of the rest. */
async function recover(tx: Tx, run: RunOfAlarm, at: string): Promise<void> {
  const raised: AlarmRow[] = await tx('alarms')
    .where({ workflow: run.workflow_name, state: 'raised' })
    .whereIn('kind', ['failed', 'rejects', 'cursor', 'node'])
    .orderBy('id');
  for (const { kind, workflow, node, run_id } of raised)
    if (run_id === run.id ? kind === 'failed' : run.to_node === null)
      await clearAlarm(tx, at, { kind, workflow, node }, 'A run succeeded again.', run.id);
}
