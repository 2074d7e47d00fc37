/** Whose rights requests are signed with. A role's end after an hour: the SDK asks again shortly before. */
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { ConnectorHost } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { S3Settings } from './definition.ts';
import { explain, httpStatus, nameOfError } from './errors.ts';

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}
interface Credentials extends Keys {
  expiration?: Date;
}

/** What an SDK client takes; left out: what this machine has. */
export type Provider = Keys | (() => Promise<Credentials>) | undefined;

export function credentialsOf(host: ConnectorHost<S3Settings>): Provider {
  const { settings } = host;
  if (settings.auth === 'role') return () => assume(host);
  return ownCredentials(settings);
}

function ownCredentials({ auth, base, ...settings }: S3Settings): Keys | undefined {
  if ((auth === 'role' ? base : auth) === 'chain') return undefined;
  const { accessKeyId, secretAccessKey, sessionToken } = settings;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== '' && auth === 'keys' ? { sessionToken } : {}) };
}

function stsClient({ settings }: ConnectorHost<S3Settings>): STSClient {
  const credentials = ownCredentials(settings);
  const { useEndpoint, stsEndpoint, region } = settings;
  return new STSClient({
    region,
    maxAttempts: 3,
    ...(credentials ? { credentials } : {}),
    ...(useEndpoint && stsEndpoint !== '' ? { endpoint: stsEndpoint } : {}),
  });
}

/** Throws ROLE_REFUSED, FILES_SIGN_IN, or RetryLater. */
async function assume(host: ConnectorHost<S3Settings>): Promise<Credentials> {
  const { roleArn, externalId } = host.settings;
  const client = stsClient(host);
  try {
    const { Credentials: given } = await client.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: `syncline-${host.connectionName.replaceAll(/[^\w+=,.@-]/g, '-')}`.slice(0, 64),
        ...(externalId === '' ? {} : { ExternalId: externalId }),
      }),
      { abortSignal: host.signal },
    );
    if (!given?.AccessKeyId || !given.SecretAccessKey)
      throw new UserError('REMOTE_NOT_UNDERSTOOD', { reason: 'STS gave no credentials' });
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      ...(given.SessionToken ? { sessionToken: given.SessionToken } : {}),
      ...(given.Expiration ? { expiration: given.Expiration } : {}),
    };
  } catch (error) {
    throw refusal(host, error);
  } finally {
    client.destroy();
  }
}

function refusal(host: ConnectorHost<S3Settings>, error: unknown): unknown {
  const { roleArn, bucket, region, stsEndpoint } = host.settings;
  host.signal.throwIfAborted();
  // STS says the same, whether the role, the principal or the external id is wrong.
  const refused = nameOfError(error) === 'AccessDenied' || nameOfError(error) === 'ValidationError';
  if (refused && error instanceof Error)
    return new UserError('ROLE_REFUSED', { role: roleArn, reason: error.message.replace(/\.$/, '') }, { cause: error });
  const known = explain(error, 'assume', roleArn, {
    bucket,
    region,
    host: stsEndpoint || `sts.${region}.amazonaws.com`,
  });
  if (known instanceof UserError && httpStatus(error) === 403 && known.code === 'FILE_NOT_ALLOWED')
    return new UserError('ROLE_REFUSED', { role: roleArn, reason: 'STS answered 403' }, { cause: error });
  return known instanceof RetryLater || known instanceof UserError ? known : error;
}

/** Who we are before any role is assumed: an ARN for its trust policy. */
export async function whoWeAre(host: ConnectorHost<S3Settings>): Promise<string> {
  const client = stsClient(host);
  try {
    const { Arn: arn = '' } = await client.send(new GetCallerIdentityCommand({}), { abortSignal: host.signal });
    // A session of a role is named by its role in a policy.
    const role = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn);
    return role ? `arn:${role[1]}:iam::${role[2]}:role/${role[3]}` : arn;
  } catch (error) {
    throw refusal(host, error);
  } finally {
    client.destroy();
  }
}
