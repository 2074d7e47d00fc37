/** Of what is asked of a CRM: objects, fields, filters, deleted records. */
import type { ErrorEntry } from './entry.ts';

export const crmErrors = {
  OBJECT_UNKNOWN: {
    message: 'The remote object "{object}" does not exist or is not visible to this user.',
    action: 'Choose another object, or give the integration user access to it.',
    configuration: true,
  },
  FIELD_UNKNOWN: {
    message: 'The remote field "{field}" does not exist on {object} or is not visible to this user.',
    action: 'Remove the field, or give the integration user access to it.',
    configuration: true,
  },
  FIELD_TYPE_CHANGED: {
    message: 'The remote field "{field}" is now of type {found}; the workflow was drawn with {known}.',
    action: 'Open the node, remove the field and choose it again.',
    configuration: true,
  },
  WRITE_NOT_ALLOWED: {
    message: 'This user may not {action} {what} in the outside system.',
    action: 'Choose something else, or give the integration user the right to it.',
    configuration: true,
  },
  FIELD_NOT_FILTERABLE: {
    message: 'The remote field "{field}" cannot be used in a filter or an order.',
    action: 'Choose another field.',
    configuration: true,
  },
  FILTER_OPERATOR: {
    message: 'The field "{field}" holds {type} values, which "{operator}" cannot compare.',
    action: 'Choose another operator.',
    configuration: true,
  },
  FILTER_VALUE: {
    message: 'The value for "{field}" is {reason}.',
    action: 'Let the expression return a {expected}.',
    configuration: true,
  },
  REMOTE_CURSOR_ENDED: {
    message: 'The outside system ended the result before it was read to its end.',
    action: 'Nothing has to be done: the read begins again.',
    status: 502,
  },
  QUERY_TOO_LONG: {
    message: 'The query on {object} is longer than the outside system takes.',
    action: 'Choose fewer fields or a shorter filter.',
    configuration: true,
  },
  NO_INDEX_FIELD: {
    message: '{object} has no field that tells when a record changed.',
    action: 'Let the automatic index compare all records, name the index field, or switch it off.',
    configuration: true,
  },
  RECORD_ID_INVALID: {
    message: 'The text "{id}" is not a record id of the outside system.',
    action: 'Name the column that holds the id of the record, as the outside system writes it.',
  },
  DELETED_NOT_KEPT: {
    message: 'The outside system no longer knows what was deleted from {object} since {from}: {reason}.',
    action: 'Ask for a shorter period, or compare all records instead.',
  },
  DELETED_TOO_OLD: {
    message: 'The start date {from} lies more than {days} days back, which no CRM remembers.',
    action: 'Start at {earliest} or later.',
    configuration: true,
  },
  DELETED_GAP: {
    message: 'The outside system no longer knows what was deleted from {object} between {from} and {earliest}.',
    action:
      'Compare all records once, then start at {earliest} or later; of an import since the last one, move the date there.',
    configuration: true,
  },
  DELETED_MARK_LOST: {
    message: 'What was deleted from {object} since {from} cannot be told: {reason}.',
    action:
      'Compare all records once, then remove the option {option}: deletions are known again from the next import on.',
    configuration: true,
  },
  DELETED_TOO_MANY: {
    message: 'From {from} on, more records were deleted from {object} than the outside system can list.',
    action: 'Compare all records instead.',
  },
} as const satisfies Record<string, ErrorEntry>;
