import { StsError } from './errors.ts';
import { ACCOUNT } from './options.ts';
import type { Caller, Sts } from './sts.ts';

const SHORTEST = 900;
const LONGEST = 43_200;

/** The name of an answer's element, and what stands in it, as XML. */
export interface Result {
  action: string;
  inner: string;
}

/** Does what the form asks for. Throws StsError. */
export function act(sts: Sts, caller: Caller, form: URLSearchParams): Result {
  const action = form.get('Action') ?? '';
  if (form.get('Version') !== '2011-06-15' || !['AssumeRole', 'GetCallerIdentity'].includes(action))
    throw new StsError(400, 'InvalidAction', `Could not find operation ${action} for version ${form.get('Version')}`);
  return { action, inner: action === 'AssumeRole' ? assumeRole(sts, caller, form) : identify(caller) };
}

function assumeRole(sts: Sts, caller: Caller, form: URLSearchParams): string {
  const granted = sts.assume(caller, {
    roleArn: matching(form, 'RoleArn', /^arn:aws:iam::\d{12}:role\/.+$/),
    sessionName: matching(form, 'RoleSessionName', /^[\w+=,.@-]{2,64}$/),
    seconds: readSeconds(form),
    externalId: form.has('ExternalId') ? matching(form, 'ExternalId', /^[\w+=,.@:/-]{2,1224}$/) : null,
  });
  const credentials =
    leaf('AccessKeyId', granted.accessKeyId) +
    leaf('SecretAccessKey', granted.secretAccessKey) +
    (granted.sessionToken === undefined ? '' : leaf('SessionToken', granted.sessionToken)) +
    leaf('Expiration', granted.expiration);
  const user = leaf('AssumedRoleId', granted.roleId) + leaf('Arn', granted.arn);
  return `<AssumedRoleUser>${user}</AssumedRoleUser><Credentials>${credentials}</Credentials>`;
}

function identify({ arn }: Caller): string {
  return leaf('Arn', arn) + leaf('UserId', 'AIDADEMOUSER00000001') + leaf('Account', ACCOUNT);
}

function readSeconds(form: URLSearchParams): number {
  const text = form.get('DurationSeconds') ?? '3600';
  const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds >= SHORTEST && seconds <= LONGEST))
    throw invalid(text, 'durationSeconds', `must have value between ${SHORTEST} and ${LONGEST}`);
  return seconds;
}

function matching(form: URLSearchParams, name: string, pattern: RegExp): string {
  const value = form.get(name) ?? '';
  if (!pattern.test(value)) throw invalid(value, name, `must satisfy regular expression pattern: ${pattern.source}`);
  return value;
}

function invalid(value: string, name: string, what: string): StsError {
  const message = `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member ${what}`;
  return new StsError(400, 'ValidationError', message);
}

export function leaf(name: string, value: string): string {
  return `<${name}>${value.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</${name}>`;
}
