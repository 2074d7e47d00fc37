/** What follows from the end of an attempt for the run: joins that may fire now, and the run's own state. */
import { isFinal } from '../../contract/run.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { finishRun } from '../runs/finish.ts';
import { countOpenTasks, rest } from '../runs/tasks.ts';
import type { Flow } from './flow.ts';
import { fireJoins } from './joins.ts';

export async function continueRun(change: RunChange, flow: Flow): Promise<void> {
  if (isFinal(change.run.state)) return;
  if (change.run.ending === null && flow.hasJoins) await fireJoins(change, flow);
  // What was just made is open; in a run that is being ended it was stopped.
  if (change.run.ending === null && change.made.length > 0) return;
  const { waiting, active } = await countOpenTasks(change);
  if (waiting + active === 0) return finishRun(change);
  if (active === 0 && change.run.state === 'running') await rest(change);
}
