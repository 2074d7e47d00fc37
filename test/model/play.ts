/** Runs a drawing on a real engine and tells what came of it, in the words of the reference. */
import type { RunEvent } from '../../contract/run.ts';
import { isFinal, openTaskStates } from '../../contract/run.ts';
import type { TaskRow } from '../../server/db/rows.ts';
import type { Acts } from '../engine/draw.ts';
import type { UnderTest } from '../engine/engineUnderTest.ts';
import type { Drawing } from './drawing.ts';
import { toActs, toWorkflow } from './drawing.ts';
import { checkInvariants } from './invariants.ts';
import { countWords, type Story } from './reference.ts';

export interface Stage {
  test: UnderTest;
  /** What the nodes of `test` do; replaced for each drawing. */
  acts: Acts;
}

export async function playDrawing({ test, acts }: Stage, drawing: Drawing, name: string): Promise<Story> {
  for (const node of Object.keys(acts)) delete acts[node];
  Object.assign(acts, toActs(drawing));
  const runId = await test.begin(toWorkflow(drawing, name));
  await letRun(test, runId);
  await checkInvariants(test, runId, drawing);
  return readStory(test, runId);
}

/** The clock moves only while everything waits, and then exactly to what is due first. Polls the state, since the clock of the engine stands. */
async function letRun(test: UnderTest, runId: string): Promise<void> {
  while (!isFinal((await test.db('runs').where({ id: runId }).first('state')).state)) {
    const left = await untilDue(test, runId);
    if (left > 0) await test.clock.step(left);
    else await moment();
  }
}

/** Milliseconds until the first task is due; 0: there is something to do before that. In one statement: a task taken between two would be overlooked. */
async function untilDue(test: UnderTest, runId: string): Promise<number> {
  const open: Pick<TaskRow, 'state' | 'due'>[] = await test
    .db('tasks')
    .where({ run_id: runId })
    .whereIn('state', openTaskStates)
    .select('state', 'due');
  if (open.length === 0 || open.some((task) => task.state !== 'waiting')) return 0;
  return Math.min(...open.map((task) => Date.parse(task.due))) - test.clock.now().getTime();
}

const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

async function readStory(test: UnderTest, runId: string): Promise<Story> {
  const run = await test.read(runId);
  const events = await test.events(runId);
  const activated = events.flatMap((event: RunEvent) =>
    event.type === 'transition.activated' ? [event.transitionId] : [],
  );
  return {
    state: run.state as Story['state'],
    rejects: run.rejects,
    tasks: countWords(run.tasks.map((task) => `${task.nodeId} ${task.state}`)),
    arrows: countWords(activated),
  };
}
