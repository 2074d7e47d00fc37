/** Of signals, webhooks and calls of other workflows. */
import type { ErrorEntry } from './entry.ts';

export const signalsErrors = {
  // Signals
  SIGNAL_UNKNOWN: {
    message: 'The workflow "{workflow}" has no node for the signal "{signal}".',
    action: 'Check the name, or publish the version that has it.',
    status: 404,
  },
  SIGNAL_PARAMETER: {
    message: 'The parameter "{name}" is not right: {reason}.',
    action: 'Send what the node of the signal declares.',
  },
  SIGNAL_UNEXPECTED: {
    message: 'Nothing waits for the signal "{signal}".',
    action: 'Send it again when a run has reached its node, or let the node keep signals.',
    status: 409,
  },
  SIGNAL_TOO_LARGE: {
    message: 'The parameters of a signal are larger than {most} KB.',
    action: 'Send less, for example a name by which the workflow can read the rest.',
    status: 413,
  },
  SIGNALS_FULL: {
    message: '{count} signals of this workflow have not been taken yet.',
    action: 'Wait until its runs have taken some, then send again.',
    status: 429,
  },
  SIGNAL_LOST: {
    message: 'The signal that this node was given is not there any more.',
    action: 'Send it again.',
  },
  // Webhooks
  HOOK_SIGNATURE: {
    message: 'The signature of the call is not right: {reason}.',
    action: 'Sign time and body with the secret of the connection and send X-Syncline-Signature: t=…,v1=….',
    status: 401,
  },
  HOOK_NOT_JSON: {
    message: 'A webhook takes JSON only.',
    action: 'Send the body as JSON, with the content type application/json.',
    status: 415,
  },
  HOOK_CLOSED: {
    message: 'The webhook cannot be checked at present.',
    action: 'Send it again later; an admin of this instance finds the reason in the log.',
    status: 503,
  },
  HOOK_BUSY: {
    message: 'The webhook was called more than {most} times within a minute.',
    action: 'Wait {seconds} seconds and send it again.',
    status: 429,
  },
  HOOK_FULL: {
    message: 'The webhook cannot store anything at present.',
    action: 'Wait {seconds} seconds and send it again; whoever runs this instance frees some disk meanwhile.',
    status: 503,
  },
  HOOK_ID_USED: {
    message: 'Another message came under the id "{id}" before. Nothing of this one was taken.',
    action: 'Send it under an id of its own: only the same message, sent again, has the same X-Syncline-Id.',
    status: 422,
  },
  EVENTS_HANDED_ON: {
    message: 'What the webhook had given to this run was given to another one since, or waits to be.',
    action: 'Look in the workflow at the tab Signals which run has it, and retry that one if it did not succeed.',
    status: 409,
  },
  EVENTS_WAIT: {
    message:
      'Events that came by webhooks of the workflow "{workflow}" are not through: {events}. They would be lost with it.',
    action: 'Wait until they are; or unpublish it, stop its runs and dismiss them at its tab Signals. Then delete it.',
    status: 409,
  },
  HOOK_TAKEN: {
    message: 'The path "{path}" belongs to another Webhook node.',
    action: 'Choose another path.',
    status: 409,
  },
  HOOK_RECORDS: {
    message: 'There are no records at "{path}" of what was sent.',
    action: 'Look at what the caller sends, or correct where its records stand.',
  },
  HOOK_TOO_MANY: {
    message: 'The call brings {count} events: {most} at most can be looked through at once.',
    action: 'Send them in several calls. Nothing of this one was taken.',
    status: 413,
  },
  // Events
  EVENT_ID_MISSING: {
    message: 'The event has no id at "{path}".',
    action: 'Let the sender give each event an id, or correct where it stands; without one it cannot be known again.',
  },
  EVENT_TYPE_MISSING: {
    message: 'The event has no type at "{path}".',
    action: 'Look at what the caller sends, or correct where the type stands.',
  },
  EVENT_TYPE_UNKNOWN: {
    message: 'Events of the type "{type}" are not taken by this webhook.',
    action:
      'Let the sender leave such events out; or add the type to the Webhook node, publish it, and let them be sent again.',
  },
  EVENT_SCHEMA: {
    message: 'The event does not fit the schema of its type "{type}": {reason}.',
    action:
      'Correct what is sent, or the schema of the type in the Webhook node and publish it. Then let the sender send the event again: it may have the same id.',
  },
  EVENT_SCHEMA_SLOW: {
    message: 'Checking events of the type "{type}" against their schema takes too long.',
    action: 'Make the schema simpler (alternatives within alternatives take longest), then retry this node.',
    configuration: true,
  },
  EVENT_SCHEMA_BROKEN: {
    message: 'Events of the type "{type}" cannot be checked with their schema: {reason}.',
    action: 'Correct the schema in the Webhook node and publish it.',
    configuration: true,
  },
  // Calls of other workflows
  SUBWORKFLOW_FAILED: {
    message: 'The run {run} of the workflow "{workflow}" did not succeed: {reason}.',
    action: 'Open that run, mend what it names, then retry this node.',
  },
  SUBWORKFLOW_NO_ROWS: {
    message:
      'The node "{node}" takes rows back, but none reached an End of the workflow "{workflow}" in the run {run}.',
    action: 'Connect a transition with rows to its End, or take no rows back.',
  },
  SUBWORKFLOW_MISSING: {
    message: 'There is no workflow "{workflow}" here: the node fails when it is reached.',
    action: 'Choose another one, or create it and publish it.',
  },
  SUBWORKFLOW_UNPUBLISHED: {
    message: 'The workflow "{workflow}" is not published: the node fails when it is reached.',
    action: 'Open it and publish it.',
  },
  SUBWORKFLOW_SELF: {
    message: 'The workflow calls itself.',
    action: 'Choose another one, or make sure by a Test in front that this ends: at most 10 calls go into each other.',
  },
  SUBWORKFLOW_TOO_DEEP: {
    message: 'The workflow "{workflow}" would be called by {most} workflows above each other.',
    action: 'Look for workflows that call themselves.',
    configuration: true,
  },
} as const satisfies Record<string, ErrorEntry>;
