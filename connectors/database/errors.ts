/** What the drivers say, in the words of the contract: what time can mend, what a person can mend, what a value is to blame for. */
import { RetryLater, UserError } from '../../contract/errors.ts';
import { isForeign } from '../kit/faults.ts';

const codes = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const notReached = codes(
  'ECONNREFUSED ECONNRESET ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN EPIPE PROTOCOL_CONNECTION_LOST ' +
    'PROTOCOL_SEQUENCE_TIMEOUT 57P01 57P02 57P03 08006 08001 08003 ER_SERVER_SHUTDOWN',
);
const busy = codes(
  '40001 40P01 55P03 53300 53200 53400 ER_LOCK_DEADLOCK ER_LOCK_WAIT_TIMEOUT ER_CON_COUNT_ERROR ER_TOO_MANY_USER_CONNECTIONS SQLITE_BUSY SQLITE_LOCKED',
);
const signIn = codes(
  '28P01 28000 3D000 08004 08P01 ER_ACCESS_DENIED_ERROR ER_DBACCESS_DENIED_ERROR ER_BAD_DB_ERROR ER_HOST_NOT_PRIVILEGED HANDSHAKE_NO_SSL_SUPPORT HANDSHAKE_SSL_ERROR ' +
    'SELF_SIGNED_CERT_IN_CHAIN DEPTH_ZERO_SELF_SIGNED_CERT UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT_LOCALLY CERT_HAS_EXPIRED ERR_TLS_CERT_ALTNAME_INVALID AUTH_SWITCH_PLUGIN_ERROR',
);
const values = codes(
  'ER_DATA_TOO_LONG ER_WARN_DATA_OUT_OF_RANGE ER_TRUNCATED_WRONG_VALUE ER_TRUNCATED_WRONG_VALUE_FOR_FIELD ER_INVALID_JSON_TEXT WARN_DATA_TRUNCATED ' +
    'ER_DATETIME_FUNCTION_OVERFLOW ER_CONSTRAINT_FAILED ER_TOO_BIG_ROWSIZE SQLITE_TOOBIG SQLITE_MISMATCH SQLITE_CONSTRAINT 54000',
);

/** Ours pass as they are. `where` is the server, or the file. */
export function explain(error: unknown, where: string): unknown {
  if (!isForeign(error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const reason = sentence(error);
  const options = { cause: error };
  if (notReached.has(code)) return new RetryLater('REMOTE_UNREACHABLE', { host: where, reason }, options);
  if (busy.has(code)) return new RetryLater('REMOTE_BUSY', { status: code, reason }, options);
  if (signIn.has(code) || /SSL|certificate|authentication|pg_hba/i.test(error.message))
    return new UserError('DATABASE_SIGN_IN', { reason }, options);
  // Class 22 of SQL: data exceptions; class 23: a condition of the table.
  if (values.has(code) || /^2[23]/.test(code)) return new UserError('DATABASE_VALUE', { reason }, options);
  if (/Knex: Timeout acquiring/.test(error.message))
    return new RetryLater('REMOTE_UNREACHABLE', { host: where, reason: 'it did not answer in time' }, options);
  // The connection died while it was asked: the drivers give no code then.
  if (/Connection terminated|Connection lost|connection is in closed state|ended unexpectedly/i.test(error.message))
    return new RetryLater('REMOTE_UNREACHABLE', { host: where, reason }, options);
  return code === '' ? error : new UserError('DATABASE_REFUSED', { reason }, options);
}

/** Without the statement that knex puts in front, which may be long; without the full stop. */
function sentence({ message, ...rest }: Error): string {
  const own = 'sqlMessage' in rest && typeof rest.sqlMessage === 'string' ? rest.sqlMessage : message;
  const last = own.includes(' - ') ? own.slice(own.lastIndexOf(' - ') + 3) : own;
  return (last || 'it closed the connection').trim().replace(/\.$/, '').slice(0, 300);
}
