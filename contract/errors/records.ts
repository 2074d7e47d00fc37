/** What a CRM says of one record that it refuses. */
import type { ErrorEntry } from './entry.ts';

export const recordsErrors = {
  VALUE_REFUSED: {
    message: 'The outside system does not take a value of this record.',
    action: 'Correct the fields it names at their source, or convert them in the mapping.',
  },
  FIELD_NOT_WRITABLE: {
    message: 'A field of this record cannot be written, at least not by this user.',
    action: 'Take the field out of the mapping, or give the integration user the right to edit it.',
  },
  RULE_REFUSED: {
    message: 'A rule of the outside system refused the record.',
    action: 'Correct what the rule asks for, or ask those who keep the rules of the outside system.',
  },
  VALUE_TAKEN: {
    message: 'Another record has a value that only one may have.',
    action: 'Correct the value, or update the record that has it.',
  },
  LOOKS_DUPLICATE: {
    message: 'The outside system takes the record for one that it has already.',
    action: 'Update that record, or ask those who keep the duplicate rules of the outside system.',
  },
  REFERENCE_UNKNOWN: {
    message: 'The record, or one that it refers to, does not exist, is deleted, or is not visible to this user.',
    action: 'Create or restore it first, or correct the reference at its source.',
  },
  RECORD_NOT_ALLOWED: {
    message: 'This user may not write the record.',
    action: 'Give the integration user access to it, or leave the record out.',
  },
  RECORD_BUSY: {
    message: 'Somebody else was writing the record, or one that belongs to it, at the same moment.',
    action: 'Nothing is wrong with the record: send it again.',
  },
  RECORD_IN_USE: {
    message: 'The record cannot be deleted: others depend on it.',
    action: 'Delete or move those first.',
  },
  REMOTE_FULL: {
    message: 'The outside system has no room left for the record.',
    action: 'Free some storage there or buy more, then send it again.',
  },
  JOB_CANNOT_CARRY: {
    message: 'A job of the outside system cannot carry this record.',
    action: 'Shorten the text it names, or switch "Export in batches" off.',
  },
  RECORD_MALFORMED: {
    message: 'The outside system sent a record that cannot be read: {reason}.',
    action: 'Look at the record in the CRM.',
  },
} as const satisfies Record<string, ErrorEntry>;
