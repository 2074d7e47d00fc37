import { randomUUID } from 'node:crypto';
import type { Call } from '../call.ts';
import type { Org } from '../org.ts';
import { json, type Reply } from '../reply.ts';
import { proves } from './assertion.ts';

/** What the identity service answers when it gives no token. */
class Refusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly code: number;

  constructor(status: number, error: string, code: number, message: string) {
    super(`AADSTS${code}: ${message}`);
    this.status = status;
    this.error = error;
    this.code = code;
  }
}

/** `POST /{tenant}/oauth2/v2.0/token`, and the older one without a version. */
export function issueToken(call: Call, tenant: string, isFirstVersion: boolean): Reply {
  try {
    return json(grant(call, tenant, isFirstVersion), 200, { 'Cache-Control': 'no-store, no-cache' });
  } catch (error) {
    if (error instanceof Refusal) return refuse(call.org, error);
    throw error;
  }
}

function grant(call: Call, tenant: string, isFirstVersion: boolean): Record<string, unknown> {
  const { org } = call;
  const form = new URLSearchParams(call.body.toString('utf8'));
  if (tenant !== org.tenant && tenant !== 'demo.example')
    throw new Refusal(
      400,
      'invalid_request',
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
    );
  if (form.get('grant_type') !== 'client_credentials')
    throw new Refusal(
      400,
      'unsupported_grant_type',
      70003,
      `The app requested an unsupported grant type '${form.get('grant_type')}'.`,
    );
  checkClient(call, form);
  const audience = audienceOf(form, isFirstVersion);
  if (audience !== call.base)
    throw new Refusal(
      400,
      'invalid_resource',
      500011,
      `The resource principal named ${audience} was not found in the tenant.`,
    );
  const seconds = org.app.tokenSeconds;
  const token = { token_type: 'Bearer', access_token: org.app.issue(audience, org.tenant) };
  if (!isFirstVersion) return { ...token, expires_in: seconds, ext_expires_in: seconds };
  const end = org.clock.seconds() + seconds;
  return { ...token, expires_in: String(seconds), expires_on: String(end), resource: audience };
}

function checkClient(call: Call, form: URLSearchParams): void {
  const { app } = call.org;
  const clientId = form.get('client_id') ?? '';
  if (clientId.toLowerCase() !== app.clientId)
    throw new Refusal(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory 'Demo'.`,
    );
  const assertion = form.get('client_assertion');
  if (assertion !== null) {
    const wrong = proves(call, form.get('client_assertion_type') ?? '', assertion);
    if (wrong !== null) throw new Refusal(401, 'invalid_client', wrong.code, wrong.message);
  } else if (form.get('client_secret') === null) {
    throw new Refusal(
      401,
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  } else if (form.get('client_secret') !== app.clientSecret) {
    throw new Refusal(
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
    );
  } else if (app.secretExpired) {
    throw new Refusal(
      401,
      'invalid_client',
      7000222,
      `The provided client secret keys for app '${clientId}' are expired.`,
    );
  }
}

/** Scheme and host that the token is for. */
function audienceOf(form: URLSearchParams, isFirstVersion: boolean): string {
  if (isFirstVersion) return (form.get('resource') ?? '').replace(/\/+$/, '');
  const scope = form.get('scope') ?? '';
  const [, audience] = /^(https?:\/\/[^/]+)\/{1,2}\.default$/.exec(scope) ?? [];
  if (audience !== undefined) return audience;
  throw new Refusal(
    400,
    'invalid_scope',
    1002012,
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  );
}

function refuse(org: Org, { status, error, code, message }: Refusal): Reply {
  const timestamp = `${new Date(org.clock.now()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const description = `${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  return json(
    {
      error,
      error_description: description,
      error_codes: [code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
    status,
  );
}
