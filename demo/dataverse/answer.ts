import { randomUUID } from 'node:crypto';
import type { Call } from './call.ts';
import { ODataError } from './errors.ts';
import { wants } from './preferences.ts';
import { odata, type Reply } from './reply.ts';

/** Runs a handler and turns whatever it throws into what Dataverse would answer. */
export function answer(call: Call, handler: (call: Call) => Reply): Reply {
  try {
    return handler(call);
  } catch (error) {
    return errorReply(call, toODataError(call, error));
  }
}

function toODataError(call: Call, error: unknown): ODataError {
  if (error instanceof ODataError) return error;
  process.stderr.write(`demo organisation: ${call.method} ${call.path} failed\n${(error as Error).stack}\n`);
  return new ODataError(500, '0x80040216', 'An unexpected error occurred.');
}

function errorReply({ prefer }: Call, { status, code, message, headers, details }: ODataError): Reply {
  const more: [string, unknown][] = [
    ['@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus', '0'],
    ['@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode', '2'],
    ...Object.entries(details).map(([name, text]): [string, unknown] => [
      `@Microsoft.PowerApps.CDS.ErrorDetails.${name}`,
      text,
    ]),
    ['@Microsoft.PowerApps.CDS.HelpLink', 'http://go.microsoft.com/fwlink/?LinkID=398563'],
    ['@Microsoft.PowerApps.CDS.TraceText', ''],
    ['@Microsoft.PowerApps.CDS.InnerError.Message', message],
  ];
  const annotations = Object.fromEntries(more.filter(([name]) => wants(prefer, name.slice(1))));
  return odata({ error: { code, message, ...annotations } }, status, { REQ_ID: randomUUID(), ...headers });
}

/** Lets a handler run only with a good token, and within the service protection limits. */
export function guarded(call: Call, handler: (call: Call) => Reply): Reply {
  const { org } = call;
  const token = /^Bearer\s+(\S+)$/i.exec(call.headers.authorization ?? '')?.[1] ?? '';
  if (!org.app.isGood(token)) return unauthorised(call);
  if (!org.app.hasUser) throw new ODataError(403, '0x80072560', 'The user is not a member of the organization.');
  return handler(call);
}

/** No body: the header says where tokens are given. */
function unauthorised({ base, org }: Call): Reply {
  const where = `Bearer authorization_uri=${base}/${org.tenant}/oauth2/authorize, resource_id=${base}/`;
  return { status: 401, contentType: '', body: '', headers: { 'WWW-Authenticate': where } };
}
