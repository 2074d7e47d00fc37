/** One change of a run: its row, what is done to it, and the events that tell of it, written together. */

import { UserError } from '../../contract/errors.ts';
import type { RunEventBody, RunState } from '../../contract/run.ts';
import { noteEvents } from '../alarms/ofRun.ts';
import type { RunRow } from '../db/rows.ts';
import type { Tx } from '../db/transaction.ts';
import { insertEvents } from './events.ts';

export interface RunChange {
  tx: Tx;
  /** As it is now, changes of this transaction included. */
  run: RunRow;
  /** The instant of the change (ISO). */
  at: string;
  /** Puts an event at the end of the run's list. */
  emit(body: RunEventBody): void;
  /** Ids of the tasks that the change has made. */
  made: string[];
  /** Changes columns of the run's row. */
  set(columns: Partial<RunRow>): void;
}

/** `tx` must come from `inRun` on the same run. Throws UserError NOT_FOUND. */
export async function changeRun<T>(
  tx: Tx,
  runId: string,
  at: string,
  work: (change: RunChange) => Promise<T>,
): Promise<T> {
  const run: RunRow | undefined = await tx('runs').where({ id: runId }).first();
  if (!run) throw new UserError('NOT_FOUND', { what: `The run ${runId}` });
  return changeHeld(tx, run, at, work);
}

/**
 * `run` is the row as the transaction took it. Events and the row are written when `work` is done; their numbers follow
 * each other without a gap, because nobody else can hold the row.
 */
export async function changeHeld<T>(
  tx: Tx,
  run: RunRow,
  at: string,
  work: (change: RunChange) => Promise<T>,
): Promise<T> {
  const events: RunEventBody[] = [];
  const changed: Partial<RunRow> = {};
  const change: RunChange = {
    tx,
    run,
    at,
    made: [],
    emit: (body) => events.push(body),
    set: (columns) => {
      Object.assign(changed, columns);
      Object.assign(run, columns);
    },
  };
  const result = await work(change);
  if (events.length > 0) change.set({ last_seq: await insertEvents(tx, run.id, run.last_seq, at, events) });
  await noteEvents(tx, run, at, events);
  if (Object.keys(changed).length > 0) await tx('runs').where({ id: run.id }).update(changed);
  return result;
}

/** Moves the run to a state that is not final, and says so. */
export function setRunState(change: RunChange, state: RunState): void {
  if (change.run.state === state) return;
  change.set({ state, ...(change.run.started_at === null && state === 'running' ? { started_at: change.at } : {}) });
  change.emit({ type: 'run.state', state });
}
