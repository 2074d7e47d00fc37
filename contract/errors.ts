/**
 * Every error a person can meet, once. `message` and `action` are templates: `{name}` is replaced from the details.
 * `status` is the HTTP status when the error leaves through the interface (400 unless said).
 * The list in the README is compared with this table by a test.
 */
export interface ErrorEntry {
  /** One plain sentence: what is wrong. */
  message: string;
  /** One plain sentence: what to do now. */
  action: string;
  status?: number;
  /** Only a change of the workflow, an option or a connection mends it, so it ends the run: it never takes an Error transition, behind which nobody expects it. */
  configuration?: true;
}

export const errorTable = {
  // General
  BUG: {
    message: 'Something went wrong inside Syncline: {reason}.',
    action: 'Look at the log with the id {id}; if it happens again, report it.',
    status: 500,
  },
  INVALID_INPUT: {
    message: 'The request is not valid: {reason}.',
    action: 'Correct the named field and send it again.',
  },
  NOT_FOUND: { message: '{what} does not exist.', action: 'Check the name or go back to the list.', status: 404 },
  CONFLICT: {
    message: '{what} was changed by someone else meanwhile.',
    action: 'Load the newer version and apply your change again.',
    status: 409,
  },
  NAME_TAKEN: { message: 'The name "{name}" is already in use.', action: 'Choose another name.', status: 409 },
  STOPPED: { message: 'The work was stopped.', action: 'Start it again when you are ready.', status: 409 },
  // Access
  NOT_SIGNED_IN: { message: 'You are not signed in.', action: 'Sign in, or send an API token.', status: 401 },
  WRONG_PASSWORD: { message: 'User name or password is wrong.', action: 'Check both and try again.', status: 401 },
  TOO_MANY_ATTEMPTS: {
    message: 'Too many failed sign-ins.',
    action: 'Wait {seconds} seconds and try again.',
    status: 429,
  },
  LINK_USED: {
    message: 'This sign-in link was already used or has expired.',
    action: 'Restart Syncline to get a new link, or sign in with your password.',
    status: 401,
  },
  ROLE_MISSING: { message: 'This needs the role {role}.', action: 'Ask an admin of this instance.', status: 403 },
  CROSS_SITE: {
    message: 'The request came from another site.',
    action: 'Use the editor that this server serves, or an API token.',
    status: 403,
  },
  LAST_ADMIN: { message: 'This is the last admin.', action: 'Make another user an admin first.', status: 409 },
  // Workflow files and drawings
  WORKFLOW_INVALID: { message: 'The workflow cannot be run: {reason}.', action: 'Mend the listed problems.' },
  FILE_UNREADABLE: {
    message: 'The file {file} cannot be read: {reason}.',
    action: 'Check the path and the JSON text.',
  },
  FORMAT_UNKNOWN: {
    message: 'The file has format version {version}; this program knows {known}.',
    action: 'Update Syncline or export the file again.',
  },
  NODE_TYPE_UNKNOWN: {
    message: 'There is no node type "{type}".',
    action: 'Remove the node or install its type.',
    configuration: true,
  },
  NODE_NAME_TAKEN: { message: 'Two nodes are named "{name}".', action: 'Rename one of them.' },
  NODE_ID_TAKEN: { message: 'Two nodes have the id "{id}".', action: 'Give each node an id of its own.' },
  CONFIG_INVALID: { message: '{field}: {reason}.', action: 'Correct the setting.', configuration: true },
  PORT_UNKNOWN: { message: 'The node "{node}" has no output "{port}".', action: 'Draw the transition again.' },
  TRANSITION_DANGLING: {
    message: 'A transition leads to a node that does not exist.',
    action: 'Remove the transition.',
  },
  INPUT_REFUSED: { message: 'The node "{node}" takes no inbound transition.', action: 'Remove the transition.' },
  INPUT_MISSING: { message: 'The node "{node}" needs {needed}.', action: 'Draw a transition to it.' },
  INPUT_NO_ROWS: {
    message: 'The node "{node}" needs rows, but its inbound transition carries none.',
    action: 'Connect it to an output that carries rows.',
  },
  COLUMN_UNKNOWN: {
    message: 'There is no column "{column}" in the input.',
    action: 'Choose one of the columns that arrive.',
    configuration: true,
  },
  JOINS_WAIT: {
    message: 'The nodes {nodes} wait for each other.',
    action: 'Remove one of the transitions between them.',
  },
  NOTHING_STARTS: {
    message: 'No node can start this workflow.',
    action: 'Add a Start or Scheduler node, or a node without inbound transition.',
  },
  UNREACHABLE: {
    message: 'No transition leads to the node "{node}" from a start.',
    action: 'Connect it or remove it.',
  },
  PRIMARY_MISSING: {
    message: 'The node "{node}" passes on the rows that come from "{from}", but nothing came from there.',
    action: 'Look at why that branch ended, or choose another input.',
  },
  VARIABLE_CONFLICT: {
    message: 'The inputs of the node "{node}" disagree about variables: {variables}.',
    action: 'Let only one branch set them, or choose which input counts.',
  },
  WINDOW_OVER: {
    message: 'The times at which the node "{node}" lets anything pass are over.',
    action: 'Change its validity, or let it leave by Outside.',
  },
  JUMP_NOWHERE: {
    message: 'No end point of a jump is named "{name}".',
    action: 'Add the end point, or correct the name; until then the branch ends here.',
  },
  JUMP_AMBIGUOUS: {
    message: 'Two end points of a jump are named "{name}".',
    action: 'Rename one of them.',
  },
  LOOP_BOUND: {
    message: 'The node "{node}" was reached {count} times in one run; the bound is {bound}.',
    action: 'Raise the bound of the loop or find out why it does not end.',
  },
  // Runs
  RUN_NOT_ACTIVE: { message: 'The run has already ended.', action: 'Start a new one.', status: 409 },
  RUN_ENDING: { message: 'The run is being ended.', action: 'Wait until it has ended.', status: 409 },
  RUN_NOT_PAUSED: { message: 'The run is not paused.', action: 'Nothing has to be done: it goes on.', status: 409 },
  PLAN_REFUSED: {
    message: 'The plan was refused by {by} ({note}): nothing was written.',
    action: 'Change the settings or the data and start a new run.',
    status: 409,
  },
  NOTHING_TO_DECIDE: {
    message: 'This task asks nothing, or somebody has answered already.',
    action: 'Load the run again to see how it goes on.',
    status: 409,
  },
  EXPORT_NOT_SETTLED: {
    message: 'It is not known yet what became of the records of this export: it is {stage}.',
    action: 'Wait until it is done; if its run failed or was stopped, retry the run.',
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
  FOLDER_NOT_EMPTY: { message: 'The folder {folder} is not empty.', action: 'Name one that does not exist yet.' },
  BACKUP_NOTHING: {
    message: 'The folder {folder} holds no instance.',
    action: 'Name its data folder with --data.',
  },
  BACKUP_DAMAGED: {
    message: 'The backup {folder} is not whole: {reason}.',
    action: 'Use another backup; nothing was restored.',
  },
  BACKUP_POSTGRES: {
    message: 'The data lie in PostgreSQL, which this command does not copy.',
    action:
      'Stop servers and workers, use pg_dump and pg_restore, copy the data folder, and run "syncline restore --hold" before the copy is started.',
  },
  INSTANCE_HELD: {
    message: 'This instance was restored from a backup of {backupAt} and does nothing until somebody confirms.',
    action:
      'Make sure that the instance it was copied from is stopped, then confirm in the editor or with "npx syncline restore --confirm --data" and the folder.',
    status: 409,
  },
  RUNS_UNDER_WAY: {
    message: '{runs} runs have begun and are not over.',
    action: 'Start the server, let them end or stop them, and stop the server again.',
    status: 409,
  },
  DATA_FOLDER_BUSY: {
    message: 'The data folder is in use by process {pid}.',
    action: 'Stop that process, or use another folder with --data.',
    status: 409,
  },
  DATA_FOLDER_READ_ONLY: {
    message: 'The data folder {folder} cannot be written: {reason}.',
    action: 'Choose a folder that you may write to with --data.',
  },
  DATABASE_DAMAGED: {
    message: 'The database {file} is damaged: {reason}.',
    action: 'Stop Syncline and restore a backup of it.',
    status: 500,
  },
  DATABASE_BUSY: {
    message:
      'Process {pid} works on this database, and does not know the connections that are given for this run alone.',
    action: 'Save the connections in the instance, or stop its server and workers.',
    status: 409,
  },
  DATABASE_NOT_EMPTY: {
    message: 'The database {database} holds an instance already ({tables}).',
    action: 'Use an empty database, or name another schema with ?search_path= in the address.',
    status: 409,
  },
  DATABASE_UNREACHABLE: {
    message: 'The database {database} cannot be used: {reason}.',
    action: 'Check DATABASE_URL (host, database, user, password), and that the server runs.',
    status: 503,
  },
  DATABASE_NEWER: {
    message: 'The database {file} was written by a newer Syncline: {reason}.',
    action: 'Update Syncline, or restore the backup that was made before the update.',
    status: 500,
  },
  PORT_TAKEN: {
    message: 'Port {port} of {host} is in use.',
    action: 'Stop the other program, or choose another port with --port.',
  },
  DISK_LOW: {
    message: 'Only {free} MB of disk are free; the floor is {floor} MB.',
    action: 'Free some space or lower the floor.',
    status: 507,
  },
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
  HOOK_TAKEN: {
    message: 'The path "{path}" belongs to another Webhook node.',
    action: 'Choose another path.',
    status: 409,
  },
  HOOK_RECORDS: {
    message: 'There are no records at "{path}" of what was sent.',
    action: 'Look at what the caller sends, or correct where its records stand.',
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
  // Code of users
  EXPRESSION_FAILED: {
    message: 'The expression "{expression}" failed: {reason}.',
    action: 'Correct the expression.',
    configuration: true,
  },
  SCRIPT_FAILED: { message: 'The script failed{where}: {reason}.', action: 'Correct the script.' },
  CODE_SYNTAX: {
    message: 'Syntax error{where} of {what}: {reason}.',
    action: 'Correct the JavaScript.',
    configuration: true,
  },
  WORD_UNKNOWN: {
    message: 'Nothing is known here by the name {word}.',
    action: 'If it is a text, put it in quotes: {quoted}. If it is a variable, write vars. in front of it.',
  },
  TEMPLATE_FAILED: {
    message: 'The template "{template}" failed: {reason}.',
    action: 'Correct the template.',
    configuration: true,
  },
  VARIABLES_TOO_LARGE: {
    message: 'The variables in {what} hold {size} KB; {most} KB are allowed.',
    action: 'Keep rows in a table and only small values in variables.',
    configuration: true,
  },
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
  // Connections
  CONNECTION_MISSING: {
    message: 'There is no connection "{name}".',
    action: 'Create it on the Connections page or choose another one.',
    configuration: true,
  },
  CONNECTION_USED: {
    message: 'The connection "{name}" is used by {workflows}.',
    action: 'Choose another connection in those workflows first.',
    status: 409,
  },
  CONNECTION_KIND: {
    message: 'The connection "{name}" is a {kind} connection, which cannot do this.',
    action: 'Choose a connection of the right kind.',
    configuration: true,
  },
  CONNECTION_REFUSED: {
    message: 'The outside system refused to sign in: {reason}.',
    action: 'Check the instance URL, client id and secrets of the connection, then verify it again.',
    status: 502,
  },
  SIGN_IN_AGAIN: {
    message: 'Somebody must sign in for the connection "{name}": {reason}.',
    action:
      'Open the connection and sign in again. A refresh token ends when it is revoked or unused for long, and when Syncline was killed between getting a new one and keeping it.',
    status: 502,
    configuration: true,
  },
  SIGN_IN_EXPIRED: {
    message: 'This answer belongs to no sign-in that you have begun and not yet finished.',
    action:
      'Open the connection and begin to sign in again: each answer is good once, for ten minutes, in the same browser.',
  },
  PROXY_REFUSED: {
    message: 'The HTTP proxy {proxy} refused: {reason}.',
    action: "Check proxy address, user and password in the connection, or ask the proxy's owner.",
    status: 502,
    configuration: true,
  },
  PROXY_FAILED: {
    message: 'The HTTP proxy {proxy} failed: {reason}.',
    action: 'Check the proxy address and the network; the node can be retried.',
    status: 502,
  },
  API_BUDGET_SPENT: {
    message: 'The API budget of the connection "{name}" is spent: {used} of {budget} calls in the last 24 hours.',
    action: 'It has room again at {until}; or raise the budget in the connection.',
    status: 503,
  },
  MAIL_REFUSED: {
    message: 'The mail server refused: {reason}.',
    action: 'Check user, password, sender and receivers.',
    status: 502,
  },
  ALARM_NO_ADDRESS: {
    message: 'No e-mail address is named for the connection "{connection}".',
    action: 'Add one to the receivers of alarms.',
  },
  REMOTE_UNREACHABLE: {
    message: '{host} cannot be reached: {reason}.',
    action: 'Check the address and the network; the node can be retried.',
    status: 502,
  },
  REMOTE_BUSY: {
    message: 'The outside system answered {status}: {reason}.',
    action: 'Wait and retry; nothing was lost.',
    status: 502,
  },
  REMOTE_LIMIT: {
    message: 'The API limit of the outside system is used up: {reason}.',
    action: 'Wait until the limit is renewed, then retry.',
    status: 502,
  },
  REMOTE_REFUSED: {
    message: 'The outside system refused the request: {code} {reason}.',
    action: 'Correct what it names.',
    status: 502,
  },
  REMOTE_NOT_UNDERSTOOD: {
    message: 'The outside system answered with something that is not its interface: {reason}.',
    action: 'Check the instance URL; a proxy or a maintenance page may be in between.',
    status: 502,
  },
  // Databases of others, and replicas
  DATABASE_SIGN_IN: {
    message: 'The database did not let Syncline in: {reason}.',
    action: 'Check host, port, database, user, password and TLS of the connection, then verify it again.',
    status: 502,
  },
  DATABASE_REFUSED: {
    message: 'The database refused: {reason}.',
    action: 'Mend what it names, for example the rights of the user, then run again; nothing was lost.',
    status: 502,
  },
  DATABASE_VALUE: {
    message: 'The database cannot hold a value of this record: {reason}.',
    action: 'Shorten or correct the value at its source, or leave the field out.',
    status: 502,
  },
  DATABASE_NAME: {
    message: 'The name "{name}" cannot be used in this database: {reason}.',
    action: 'Choose a shorter prefix, or leave the object or field out.',
  },
  DATABASE_OVERTAKEN: {
    message: 'The table "{table}" was moved on by another run meanwhile.',
    action: 'Let one run at a time copy into it; the next goes on from where it stands now.',
    status: 409,
  },
  OBJECT_NOT_REPLICABLE: {
    message: '{object} cannot be replicated: {reason}.',
    action: 'Take it out of the objects of the node.',
  },
  REPLICA_NAMES: {
    message: '{objects} would all be written into the table "{table}".',
    action: 'Leave one of them out, or copy it by a node of its own with another prefix.',
  },
  REPLICA_TAKEN: {
    message: 'The table "{table}" cannot be used: {reason}.',
    action: 'Choose another prefix, or remove the table.',
  },
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
  CHANGED_SINCE_PLAN: {
    message: 'The record was changed in the outside system after the plan was made: {what}.',
    action: 'Make a new plan; it was not overwritten.',
  },
  CHANGED_SINCE_EXPORT: {
    message: 'The record was changed in the outside system after it was exported: {what}.',
    action: 'Look at it there: the undo has left it as it is.',
  },
  CHILDREN_WOULD_GO: {
    message: 'With the record, others that belong to it would be deleted: {children}.',
    action: 'Move or delete those first if the record is to go, then undo again.',
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

export type ErrorCode = keyof typeof errorTable;
export type ErrorDetails = Record<string, string | number | boolean | null | undefined>;

/** The JSON shape of every error that leaves Syncline. */
export interface ErrorReply {
  code: ErrorCode;
  message: string;
  action: string;
  details?: ErrorDetails;
  issues?: Issue[];
}

/** A problem of a drawing, shown at its field. `path` leads into the node's config, for example `fields.2.conversion`. */
export interface Issue {
  code: ErrorCode;
  severity: 'error' | 'warning';
  message: string;
  action: string;
  nodeId?: string;
  transitionId?: string;
  path?: string;
  /** What most likely was meant: it mends the problem when it takes the place of the setting at `path`. */
  fix?: { value: string };
}

/** Replaces `{name}` by the details; an unknown name is left out. A detail that ends as a sentence needs no second full stop. */
function fill(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}(\.?)/g, (_, name: string, stop: string) => {
    const text = String(details[name] ?? '');
    return /[.!?]$/.test(text) ? text : text + stop;
  });
}

export function describeError(code: ErrorCode, details: ErrorDetails = {}): { message: string; action: string } {
  const entry = errorTable[code];
  return { message: fill(entry.message, details), action: fill(entry.action, details) };
}

/** Whether only a change of the workflow, an option or a connection mends it. */
export function isConfiguration(code: ErrorCode): boolean {
  return (errorTable[code] as ErrorEntry).configuration === true;
}

export function makeIssue(
  code: ErrorCode,
  details: ErrorDetails,
  place: Pick<Issue, 'nodeId' | 'transitionId' | 'path'> = {},
  severity: Issue['severity'] = 'error',
): Issue {
  return { code, severity, ...describeError(code, details), ...place };
}

/** An error that a person can mend: shown with its code, never retried by itself. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly issues: Issue[] | undefined;
  constructor(code: ErrorCode, details: ErrorDetails = {}, options: { cause?: unknown; issues?: Issue[] } = {}) {
    super(describeError(code, details).message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
    this.issues = options.issues;
  }
}

/** The world may mend it: the engine tries the task again, not before `after` (milliseconds), while its retry policy allows. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly after: number | undefined;
  /** Whether it uses up one of the node's tries: not where a limit that people have agreed on makes it wait. */
  readonly counts: boolean;
  constructor(
    code: ErrorCode,
    details: ErrorDetails = {},
    options: { after?: number; counts?: boolean; cause?: unknown } = {},
  ) {
    super(describeError(code, details).message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
    this.after = options.after;
    this.counts = options.counts ?? true;
  }
}

/** The reply for any thrown value; what is neither UserError nor RetryLater is a bug and keeps its text inside. */
export function toErrorReply(error: unknown, id = ''): ErrorReply {
  if (error instanceof UserError || error instanceof RetryLater) {
    const issues = error instanceof UserError ? error.issues : undefined;
    return {
      code: error.code,
      ...describeError(error.code, error.details),
      details: error.details,
      ...(issues ? { issues } : {}),
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'BUG', ...describeError('BUG', { reason, id }) };
}
