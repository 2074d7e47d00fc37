import { create } from 'zustand';
import { type RunAction, reduceRun } from './run/reduceRun.ts';
import { emptyRunView, type RunView } from './run/runView.ts';

/** The run whose states and counts are shown. */
export const useRunView = create<RunView>(() => emptyRunView);

export function dispatchRun(action: RunAction): void {
  useRunView.setState((view) => reduceRun(view, action), true);
}

/** Rises when a run that may have ended goes on: its events are to be followed once more. */
export const useFollowing = create<{ count: number }>(() => ({ count: 0 }));

export function followAgain(): void {
  useFollowing.setState(({ count }) => ({ count: count + 1 }));
}
