import { ACCOUNTS, ENTERPRISE, HOME } from '../accounts.ts';
import { type Call, header, sessionOf } from '../call.ts';
import { ApiError } from '../errors.ts';
import { json, type Reply } from '../reply.ts';
import { SAID_LIFETIME } from './sessions.ts';

const ERROR_URI = 'https://developer.salesforce.com/docs';

/** POST /v2/token: client credentials only, as JSON or as a form. */
export function issueToken(call: Call): Reply {
  const given = readFields(call);
  if (given.grant_type === undefined) throw refuse(400, 'invalid_request', 'The grant_type is missing.');
  if (given.grant_type !== 'client_credentials')
    throw refuse(400, 'unsupported_grant_type', 'The grant type is not supported.');
  const { clientId, clientSecret } = call.org.package;
  if (given.client_id !== clientId || given.client_secret !== clientSecret)
    throw refuse(
      401,
      'invalid_client',
      'Client authentication failed. Make sure that the client ID and client secret are valid.',
    );
  const accountId = readAccount(given.account_id);
  const scopes = readScopes(call, given.scope);
  const token = call.org.sessions.start(accountId, scopes);
  return json({
    access_token: token,
    token_type: 'Bearer',
    expires_in: SAID_LIFETIME,
    scope: scopes.join(' '),
    soap_instance_url: `${call.base}/`,
    rest_instance_url: `${call.base}/`,
  });
}

/** GET /v2/userinfo: who the token is of. */
export function userInfo(call: Call): Reply {
  const { accountId } = sessionOf(call);
  return json({
    iss: call.base,
    user: {
      sub: '9100001',
      name: 'Integration User',
      preferred_username: 'integration.user',
      email: 'api@demo.example',
    },
    organization: {
      member_id: accountId,
      enterprise_id: ENTERPRISE.id,
      enterprise_name: ENTERPRISE.name,
      account_type: accountId === ENTERPRISE.id ? 'enterprise' : 'business_unit',
      stack_key: 'S50',
      locale: 'en_US',
      zoneinfo: 'America/Chicago',
    },
    rest: { rest_instance_url: `${call.base}/`, soap_instance_url: `${call.base}/` },
    application: { id: call.org.package.clientId, name: 'Syncline' },
  });
}

/** GET /platform/v1/tokenContext */
export function tokenContext(call: Call): Reply {
  const { accountId } = sessionOf(call);
  return json({ enterprise: { id: ENTERPRISE.id }, organization: { id: accountId }, user: { id: 9100001 } });
}

function readFields(call: Call): Record<string, unknown> {
  const text = call.body.toString('utf8');
  if (/^application\/x-www-form-urlencoded\b/i.test(header(call, 'content-type')))
    return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    throw refuse(400, 'invalid_request', 'The body of the request is not valid JSON.');
  }
  throw refuse(400, 'invalid_request', 'The body of the request is not a JSON object.');
}

function readAccount(given: unknown): number {
  if (given === undefined || given === null || given === '') return HOME.id;
  const account = ACCOUNTS.find(({ id }) => String(id) === String(given));
  if (account === undefined)
    throw refuse(400, 'invalid_request', 'The account_id is not valid, or the package is not installed in it.');
  return account.id;
}

function readScopes(call: Call, given: unknown): readonly string[] {
  if (given === undefined || given === null || given === '') return call.org.package.scopes;
  const asked = String(given).split(/\s+/);
  const refused = asked.find((scope) => !call.org.package.scopes.includes(scope));
  if (refused !== undefined) throw refuse(400, 'invalid_scope', `The scope ${refused} is not granted.`);
  return asked;
}

function refuse(status: number, error: string, description: string): ApiError {
  return ApiError.of(status, { error, error_description: description, error_uri: ERROR_URI });
}
