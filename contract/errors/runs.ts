/** Of runs and what is done with them. */
import type { ErrorEntry } from './entry.ts';

export const runsErrors = {
  RUN_NOT_ACTIVE: { message: 'The run has already ended.', action: 'Start a new one.', status: 409 },
  RUN_ENDING: { message: 'The run is being ended.', action: 'Wait until it has ended.', status: 409 },
  RUN_NOT_PAUSED: { message: 'The run is not paused.', action: 'Nothing has to be done: it goes on.', status: 409 },
  NOTHING_TO_DECIDE: {
    message: 'This task asks nothing, or somebody has answered already.',
    action: 'Load the run again to see how it goes on.',
    status: 409,
  },
  RUN_NOT_RETRIABLE: {
    message: 'The run is {state}: only one that failed or was stopped can go on.',
    action: 'Start a new run.',
    status: 409,
  },
  RUN_IN_DOUBT: {
    message: 'Nobody has said of {records} records of the run whether they were written.',
    action: 'Look for them in the outside system and say so on the page of their export; then the run can go on.',
    status: 409,
  },
  RUN_ACTIVE: { message: 'The run has not ended yet.', action: 'Stop it first, or wait for its end.', status: 409 },
  WORK_TABLE_LOST: {
    message: 'The rows of "{table}" are not what was recorded ({reason}).',
    action: 'Run the workflow again from the node that made them.',
  },
  ALREADY_RUNNING: {
    message: 'The workflow is already running.',
    action: 'Wait for the run to end, or allow parallel runs in its settings.',
    status: 409,
  },
  NOT_PUBLISHED: { message: 'The workflow has no published version.', action: 'Publish it first.', status: 409 },
  NOT_SAVED: { message: 'The workflow has never been saved.', action: 'Save it first.', status: 409 },
  TIME_LIMIT: {
    message: 'The node ran longer than its limit of {seconds} s.',
    action: 'Raise the limit or find out why it is slow.',
  },
} as const satisfies Record<string, ErrorEntry>;
