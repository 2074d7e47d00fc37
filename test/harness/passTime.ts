/** Runs that wait for time to pass. */
import type { TestEngine } from './engine.ts';
import type { Run } from './flow.ts';
import type { RunView } from './runView.ts';

const over = ['succeeded', 'failed', 'ignored', 'stopped'];

/** The end of the run, with time passing whenever its node waits: `milliseconds` each time. */
export async function passTime(engine: TestEngine, run: Run, node: string, milliseconds: number): Promise<RunView> {
  for (;;) {
    const view = await engine.watch(
      async () => {
        const now = await run.now();
        const state = now.tasks(node).at(-1)?.state ?? 'pending';
        return state === 'waiting' || over.includes(state) ? now : null;
      },
      () => `${node} neither waits nor ends`,
    );
    const { state, attempt } = view.task(node);
    if (state !== 'waiting') return run.finished();
    engine.clock.step(milliseconds);
    engine.nudge();
    const goesOn = async (): Promise<true | null> => ((await run.now()).task(node).attempt > attempt ? true : null);
    await engine.watch(goesOn, () => `${node} does not go on`);
  }
}
