/** Of exports: plan, ledger, doubt and undo. */
import type { ErrorEntry } from './entry.ts';

export const exportsErrors = {
  PLAN_REFUSED: {
    message: 'The plan was refused by {by} ({note}): nothing was written.',
    action: 'Change the settings or the data and start a new run.',
    status: 409,
  },
  EXPORT_NOT_SETTLED: {
    message: 'It is not known yet what became of the records of this export: it is {stage}.',
    action: 'Wait until it is done; if its run failed or was stopped, retry the run.',
    status: 409,
  },
  EXPORT_GOES_ON: {
    message: 'The run of this export ({run}, {state}) can still send the records that are left.',
    action:
      'Let that run do it: wait until it is over, or retry it. To send them by a run of their own, purge its rows first.',
    status: 409,
  },
  REQUEUE_OUTDATED: {
    message:
      'The records that this run was to send were given back when it ended, and since then something else was said of records of that export.',
    action: 'Open the export, and requeue what is still left there: a new run sends it.',
    status: 409,
  },
  EXPORT_NODE_GONE: {
    message: 'The node "{node}" of this export has no place in the published version any more.',
    action: 'Publish a version in which rows reach this node, or run the workflow as it is now.',
    status: 409,
  },
  NOTHING_TO_UNDO: {
    message: 'This export has written nothing that could be undone.',
    action: 'Choose an export that created, changed or deleted records.',
    status: 409,
  },
  UNDO_UNDER_WAY: {
    message: 'This export is being undone already, by the run {run}.',
    action: 'Look at that run: it may wait for approval.',
    status: 409,
  },
  RECORD_NOT_OPEN: {
    message: 'Row {row} cannot be {verb}: {reason}.',
    action: 'Load the records again and choose others.',
    status: 409,
  },
  NOTHING_OPEN: {
    message: 'There is no record of this export that could still be {verb}.',
    action: 'Look at what was said of its records.',
    status: 409,
  },
  EXPORT_ROWS_GONE: {
    message: 'The rows of this export are not kept any more.',
    action: 'Export again; keep exports longer in the settings if they have to be looked at for longer.',
    status: 409,
  },
  CHANGED_SINCE_PLAN: {
    message: 'The record was changed in the outside system after the plan was made: {what}.',
    action: 'Make a new plan; it was not overwritten.',
  },
  KEY_UNFIT: {
    message: 'Records of {object} cannot be inserted or updated by "{field}": it is no key of the outside system.',
    action:
      'Choose a key of the outside system, such as an external id, or export as Update, which finds records by any field.',
    configuration: true,
  },
  RECORD_MOVED: {
    message: 'The record cannot be changed any more: {place} has taken its place.',
    action:
      'Write that one: let the CRM Connector follow such records, and connect "Moved" to one that updates by record id.',
  },
  NOT_NEWER: {
    message: 'It was left as it is: {field} is {held} there already, and {given} here.',
    action: 'Nothing has to be done: what is newer stays.',
  },
  CHANGED_SINCE_EXPORT: {
    message: 'The record was changed in the outside system after it was exported: {what}.',
    action: 'Look at it there: the undo has left it as it is.',
  },
  CHILDREN_WOULD_GO: {
    message: 'With the record, others that belong to it would be deleted: {children}.',
    action: 'Move or delete those first if the record is to go, then undo again.',
  },
  CHILDREN_UNKNOWN: {
    message:
      'Whether others that belong to the record would be deleted with it is not known: the user of the connection cannot ask for {objects}.',
    action:
      'Give that user the right to read them and undo again, or look at the record in the outside system and delete it there.',
  },
  UNDO_UNSEEN: {
    message: 'Whether the record was changed after it was written is not known.',
    action: 'Look at the record in the outside system, and delete it there if it is to go.',
  },
  NOT_RESTORABLE: {
    message: 'The outside system does not keep the deleted record any more.',
    action: 'Create it anew: its old values stand in the export that deleted it.',
  },
  UNDO_UNKNOWN: {
    message: 'What the record held before is not known: it came up between the plan and the write.',
    action: 'Look at the record in the outside system, and correct it by hand.',
  },
  WRITE_OVERTAKEN: {
    message: 'The record was written, and something else with it: {what}.',
    action:
      'A rule of the outside system, or somebody at the same moment, has changed the record: look at it there, and decide which value is right.',
  },
  WRITE_ADAPTED: {
    message: 'The record was written; the outside system stored {what}.',
    action:
      'Nothing has to be done. Where the digits or the end of the text matter, send no more than the field holds, or ask for a wider field.',
  },
  EXPORT_IN_DOUBT: {
    message:
      'Of an earlier export of this node ({export}) it is not known of all records whether they were written ({records} in doubt): without a key they could be created twice.',
    action:
      'Open that export, look for its records in the outside system and say which were written; then start again.',
    configuration: true,
  },
  SENT_MEANWHILE: {
    message:
      'Another run has sent {rows} of these rows since this one was planned: without a key they would be created twice.',
    action: 'Start a new run: it leaves them out.',
    configuration: true,
  },
  LEDGER_LOST: {
    message: 'What this export has sent so far cannot be looked up: {reason}.',
    action:
      'Look in the outside system which records were written before the rest is exported by a new run; a key keeps records from being created twice.',
    configuration: true,
  },
  IN_DOUBT: {
    message: 'Whether the record was written is not known: {reason}.',
    action: 'Look for it in the outside system before it is sent again.',
  },
  SENT_TOO_LATE: {
    message: 'The request was kept back, because its time to be sent was over.',
    action: 'Nothing has to be done: the outside system is asked, and what it lacks is sent again.',
    status: 502,
  },
} as const satisfies Record<string, ErrorEntry>;
