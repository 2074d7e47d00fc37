/** Of values, SQL, keys and options. */
import type { ErrorEntry } from './entry.ts';

export const valuesErrors = {
  // Values
  TYPE_MISMATCH: { message: '{column}: {reason}.', action: 'Correct the value at its source or change the type.' },
  TABLE_COLUMN_UNKNOWN: {
    message: 'The table "{table}" has no column "{column}".',
    action: 'Choose one of its columns.',
    configuration: true,
  },
  SQL_REFUSED: {
    message: 'The SQL cannot run here: {reason}.',
    action: 'Write one SELECT over tables of local data.',
    configuration: true,
  },
  SQL_FAILED: {
    message: 'The database does not run the SQL: {reason}.',
    action: 'Correct the statement; names of tables and columns can stand in double quotes.',
    configuration: true,
  },
  SQL_ROLE: {
    message: 'SQL needs the database role {role}, which Syncline may not make or use.',
    action: 'Let the administrator of the database run: CREATE ROLE "{role}" NOLOGIN; GRANT "{role}" TO "{user}".',
    configuration: true,
  },
  SQL_ROLE_MIGHTY: {
    message: 'SQL does not run: the database role {role} may do more than read local data.',
    action: 'Let the administrator of the database take its attributes and memberships away, or drop it.',
    configuration: true,
  },
  SQL_COLUMN: {
    message: 'The SQL gives no column "{column}", only {columns}.',
    action: 'Name it in the SELECT with AS, or correct the list of columns.',
    configuration: true,
  },
  SQL_TIME_LIMIT: {
    message: 'The SQL ran longer than its limit of {seconds} s.',
    action: 'Let it read less, or raise its time limit.',
  },
  KEY_EMPTY: {
    message: 'The key column {column} is empty.',
    action: 'Give the record a key, or remove it before this node.',
  },
  DUPLICATE_KEY: {
    message: 'Another record of the input has the same key.',
    action: 'Put a Deduplication node in front.',
  },
  ALREADY_EXISTS: {
    message: 'A row with this key already exists.',
    action: 'Use "insert or update" if it should be updated.',
  },
  NO_MATCH: { message: 'No row with this key exists.', action: 'Use "insert or update" if it should be created.' },
  AMBIGUOUS_MATCH: {
    message: 'More than one record has this key.',
    action: 'Merge the records, or choose a key that only one record has.',
  },
  RELATED_MISSING: {
    message: 'No record of {object} has the {field} "{value}".',
    action: 'Create the related record first, or correct the value at its source.',
  },
  REQUIRED_MISSING: {
    message: 'A record needs a value for {fields}.',
    action: 'Fill it in at the source, or map it to a column or an expression that has a value.',
  },
  RECORD_FAILED: {
    message: 'The script failed for this record{where}: {reason}.',
    action: 'Correct the script or the record.',
  },
  // Options
  OPTION_MALFORMED: {
    message: 'The option {option} holds "{value}", which is not a date.',
    action: 'Write it as yyyy/MM/dd HH:mm:ss in UTC, for example 2024/01/31 23:30:00.',
    configuration: true,
  },
  OPTION_IN_FUTURE: {
    message: 'The option {option} holds {value}, which lies in the future of the CRM.',
    action: 'Move it back to a date that has passed (yyyy/MM/dd HH:mm:ss, UTC).',
    configuration: true,
  },
  OPTION_AHEAD: {
    message: 'The import date {value} of {option} lies in the future.',
    action: 'Give a date that has passed (yyyy/MM/dd HH:mm:ss, UTC): what is older would never be imported.',
  },
  OPTION_NAME_INVALID: {
    message: 'An option cannot be called "{option}".',
    action: 'Begin with a letter or "_", then use letters, digits, "_", "-" or ".", at most 200 in all.',
  },
  OPTION_MOVED: {
    message: 'The option {option} was changed during the run from {read} to {found}.',
    action: 'Check who moved it; the next run starts from {found}.',
  },
  OPTION_BACKWARDS: {
    message: 'The run would move {option} back from {found} to {value}.',
    action: 'Nothing was changed; move it by hand on the Options page if you mean it.',
  },
} as const satisfies Record<string, ErrorEntry>;
