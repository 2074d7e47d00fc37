/** Of the instance: its folder, its databases, its backup. */
import type { ErrorEntry } from './entry.ts';

export const instanceErrors = {
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
} as const satisfies Record<string, ErrorEntry>;
