/** Of files, where they lie, and of data extensions. */
import type { ErrorEntry } from './entry.ts';

export const filesErrors = {
  // Data extensions
  EXTENSION_UNKNOWN: {
    message: 'There is no data extension with the key "{key}" in this business unit.',
    action: 'Copy its external key from Marketing Cloud, and check the account id (MID) of the connection.',
    configuration: true,
  },
  EXTENSION_NO_KEY: {
    message: 'The data extension "{key}" has no primary key, so no row of it can be found again.',
    action: 'Let its owner set a primary key in Marketing Cloud, or choose another data extension.',
    configuration: true,
  },
  EXTENSION_KEY_UNMAPPED: {
    message: 'The primary key of the data extension "{key}" is {needed}; the node fills {given}.',
    action: 'Map exactly these columns as the primary key.',
    configuration: true,
  },
  EXTENSION_COLUMNS: {
    message: 'The data extension "{key}" has no column {columns}.',
    action: 'Correct the names, or let the node create the columns of custom attributes.',
    configuration: true,
  },
  EXTENSION_REFUSED: {
    message: 'Marketing Cloud does not change the data extension "{key}": {reason}.',
    action: 'Add the columns there by hand, or give the installed package the right to it.',
    configuration: true,
  },
  LOCATION_UNKNOWN: {
    message: 'Marketing Cloud has no file location "{location}".',
    action: 'Copy its name from Setup, File Locations.',
    configuration: true,
  },
  IMPORT_REFUSED: {
    message: 'Marketing Cloud does not start the import "{name}": {reason}.',
    action:
      'Give the installed package the scopes automations_read, automations_write and automations_execute, or correct what it names.',
    configuration: true,
  },
  IMPORT_CROSSED: {
    message: 'Another task has given the import "{name}" its own file before it started.',
    action: 'Wait and retry; rows that were imported twice do no harm.',
    status: 502,
  },
  IMPORT_FAILED: {
    message: 'Marketing Cloud could not import {file} from "{location}".',
    action:
      'Check that the connection writes where that location reads, then look at the import "{name}" in Automation Studio; sending again does no harm.',
  },
  IMPORT_BUSY: {
    message: 'Marketing Cloud has not ended an earlier import of "{name}" yet ({reason}).',
    action: 'Wait: the file is imported afterwards. Look at the import in Automation Studio where it lasts.',
    status: 503,
  },
  IMPORT_NO_END: {
    message:
      'Marketing Cloud has not said for {hours} hours that the import of {file} has ended; last it said "{word}".',
    action:
      'Look at the import "{name}" in Automation Studio, then run again from this node: it asks once more, and sends nothing that arrived.',
    status: 502,
  },
  IMPORT_LOST: {
    message:
      'Marketing Cloud has not said that the import of {file} has ended, though it was waited for {times} times {hours} hours; last it said "{word}".',
    action:
      'Stop the import "{name}" in Automation Studio if it still goes on there, then run again from this node: the file is laid and imported anew, which changes nothing where rows arrived.',
    status: 502,
  },
  NOT_IMPORTED: {
    message: 'The import ended, but the data extension does not hold this row as it was sent.',
    action: 'Correct the values that its columns cannot hold, then send it again.',
  },
  REQUEST_LOST: {
    message: 'The outside system does not say what became of the rows that were sent: {reason}.',
    action: 'Nothing has to be done: the rows are sent again, which changes nothing where they arrived.',
    status: 502,
  },
  // Files
  FILE_PATH: {
    message: 'The path "{path}" cannot be used: {reason}.',
    action: 'Write a path below the folder of the connection, with "/" between its parts.',
  },
  FILE_MISSING: {
    message: 'There is no {path}.',
    action: 'Check the path, or let the node go on without the file.',
    status: 404,
  },
  FILE_EXISTS: {
    message: '{path} exists already, and the server cannot replace a file in one step.',
    action: 'Let the connection remove the old file first, or write under another name.',
    status: 409,
  },
  FILE_NOT_ALLOWED: {
    message: 'This user may not {action} {path}.',
    action: 'Give the user the right to it there, or use another folder.',
    status: 502,
  },
  FILE_NO_ROOM: {
    message: 'There is no room left for {path}: {reason}.',
    action: 'Free some space there, then retry; what was there before is untouched.',
    status: 502,
  },
  FILE_REFUSED: {
    message: 'The outside system refused to {action} {path}: {reason}.',
    action: 'Correct what it names, then run again; nothing was lost.',
    status: 502,
  },
  FILE_CUT: {
    message: 'Of {path}, {found} of {expected} bytes arrived.',
    action: 'Nothing has to be done: it is sent again as a whole.',
    status: 502,
  },
  FILE_CHANGED: {
    message: '{path} was changed while it was read.',
    action: 'Nothing has to be done: it is read again from its beginning.',
    status: 502,
  },
  FILE_DAMAGED: {
    message: '{path} cannot be read: {reason}.',
    action: 'Look at the file, and at compression, encoding and format in the node.',
  },
  FILE_HEADER: {
    message: 'The first line of {path} has no column "{column}"; it has {found}.',
    action: 'Correct the column in the node, or have the file written as it was agreed.',
  },
  LINE_MALFORMED: {
    message: 'Line {line} cannot be read: {reason}.',
    action: 'Look at this line of the file.',
  },
  REJECT_LIMIT: {
    message: 'More than {limit} records of {path} could not be read; the last one: {reason}.',
    action: 'Correct the file or the settings of its columns, or allow more rejects.',
  },
  TEXT_NOT_ENCODABLE: {
    message: 'Row {row}, column {column}: the encoding {encoding} has no "{character}".',
    action: 'Write the file in UTF-8, or replace the character before.',
  },
  HOST_KEY_UNKNOWN: {
    message: 'The connection names no host key yet; {host} shows the key {found}.',
    action: "Compare it with what the server's owner tells you, then copy it into the connection as its host key.",
    status: 502,
    configuration: true,
  },
  HOST_KEY_CHANGED: {
    message: '{host} shows the host key {found}, but the connection expects {expected}: nothing was sent.',
    action:
      "Ask the server's owner whether its key was changed. If it was, replace the host key in the connection; if not, somebody is in between.",
    status: 502,
    configuration: true,
  },
  FILES_SIGN_IN: {
    message: '{host} did not let {user} in: {reason}.',
    action: 'Check user, and password or key, of the connection, then verify it again.',
    status: 502,
    configuration: true,
  },
  BUCKET_MISSING: {
    message: 'There is no bucket "{bucket}" at {host}.',
    action: 'Check the name of the bucket, and the endpoint of the connection.',
    status: 502,
    configuration: true,
  },
  BUCKET_ELSEWHERE: {
    message: 'The bucket "{bucket}" lies in the region {found}, not in {region}.',
    action: 'Set the region of the connection to {found}.',
    status: 502,
    configuration: true,
  },
  ROLE_REFUSED: {
    message: 'The role {role} was not given to us: {reason}.',
    action:
      'Check that its trust policy names our principal and exactly the external id of the connection; a change there takes up to some minutes.',
    status: 502,
    configuration: true,
  },
} as const satisfies Record<string, ErrorEntry>;
