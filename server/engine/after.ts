/** What follows from the end of an attempt for the run: joins that may fire now, and the run's own state. */

import { isFinal } from '../../contract/run.ts';
import type { RunChange } from '../runs/changeRun.ts';
import { setRunState } from '../runs/changeRun.ts';
import { finishWhenQuiet } from '../runs/finish.ts';
import { countTasks } from '../runs/tasks.ts';
import type { Flow } from './flow.ts';
import { fireJoins } from './joins.ts';

export async function continueRun(change: RunChange, flow: Flow): Promise<void> {
  if (isFinal(change.run.state)) return;
  if (change.run.ending === null) await fireJoins(change, flow);
  if (isFinal(change.run.state) || (await finishWhenQuiet(change))) return;
  const onlyWaits = (await countTasks(change, ['pending', 'running'])) === 0;
  if (onlyWaits && change.run.state === 'running') setRunState(change, 'waiting');
}
