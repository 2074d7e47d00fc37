/** Of the databases of others, and of replicas in them. */
import type { ErrorEntry } from './entry.ts';

export const databasesErrors = {
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
} as const satisfies Record<string, ErrorEntry>;
