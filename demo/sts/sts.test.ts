import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEMO_ROLE, DEMO_USER, type RunningSts, startSts } from './index.ts';

let sts: RunningSts;
beforeAll(async () => {
  const kept = { accessKeyId: 'AKIASTORE', secretAccessKey: 'of the store' };
  const roles = [DEMO_ROLE, { arn: `${DEMO_ROLE.arn}2`, maxSeconds: 7200 }, { arn: `${DEMO_ROLE.arn}3`, grants: kept }];
  sts = await startSts({ roles, region: 'eu-central-1' });
});
afterAll(() => sts.close());

type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

function client(credentials: Keys = DEMO_USER, region = 'eu-central-1'): STSClient {
  return new STSClient({ endpoint: sts.url, region, credentials, maxAttempts: 1 });
}

const assume = (keys?: Keys, more: Partial<ConstructorParameters<typeof AssumeRoleCommand>[0]> = {}) =>
  client(keys).send(
    new AssumeRoleCommand({
      RoleArn: DEMO_ROLE.arn,
      RoleSessionName: 'test',
      ExternalId: DEMO_ROLE.externalId,
      ...more,
    }),
  );

async function assumed(
  more: Partial<ConstructorParameters<typeof AssumeRoleCommand>[0]> = {},
): Promise<Keys & { expiration: Date }> {
  const { Credentials: keys } = await assume(undefined, more);
  return {
    accessKeyId: keys!.AccessKeyId!,
    secretAccessKey: keys!.SecretAccessKey!,
    sessionToken: keys!.SessionToken,
    expiration: keys!.Expiration!,
  };
}

test('the AWS SDK assumes the role with its external id, and is the role from then on', async () => {
  const keys = await assumed();
  expect(keys.accessKeyId).toMatch(/^ASIA/);
  expect(keys.expiration.getTime() - Date.now()).toBeGreaterThan(3_500_000);
  const { Arn } = await client(keys).send(new GetCallerIdentityCommand({}));
  expect(Arn).toBe('arn:aws:sts::123456789012:assumed-role/SynclineFiles/test');
});

test.each([
  [{ ExternalId: 'another' }],
  [{ ExternalId: undefined }],
  [{ RoleArn: 'arn:aws:iam::123456789012:role/Other' }],
])('%j is refused, and nobody is told why', async (more) => {
  await expect(assume(undefined, more)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('is not authorized to perform: sts:AssumeRole on resource'),
    $metadata: { httpStatusCode: 403 },
  });
});

test.each([
  [{ DurationSeconds: 60 }],
  [{ DurationSeconds: 7200 }],
  [{ RoleSessionName: 'with blanks' }],
  [{ ExternalId: '!' }],
  [{ RoleArn: 'SynclineFiles' }],
])('%j is not valid', async (more) => {
  await expect(assume(undefined, more)).rejects.toMatchObject({ name: 'ValidationError' });
});

test('a role may last longer where it says so, but not when a role assumes it', async () => {
  const more = { RoleArn: `${DEMO_ROLE.arn}2`, DurationSeconds: 7200 };
  const keys = await assumed(more);
  await expect(assume(keys, more)).rejects.toMatchObject({
    name: 'ValidationError',
    message: expect.stringContaining('chaining'),
  });
});

test('a role can give the keys of a user that a store knows', async () => {
  expect(await assumed({ RoleArn: `${DEMO_ROLE.arn}3` })).toMatchObject({
    accessKeyId: 'AKIASTORE',
    sessionToken: undefined,
  });
});

test('wrong keys, a wrong secret, a wrong token, and another region are refused', async () => {
  const ask = (keys: Keys, region?: string) => client(keys, region).send(new GetCallerIdentityCommand({}));
  const nobody = { ...DEMO_USER, accessKeyId: 'AKIANOBODY' };
  await expect(ask(nobody)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  await expect(ask({ ...DEMO_USER, secretAccessKey: 'x' })).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  await expect(ask(DEMO_USER, 'us-west-2')).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  await expect(ask({ ...(await assumed()), sessionToken: 'other' })).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
  });
});

test('keys of a role are over when their time is', async () => {
  const keys = await assumed({ DurationSeconds: 900 });
  sts.sts.clock.advance(899);
  await expect(client(keys).send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
  sts.sts.clock.advance(2);
  await expect(client(keys).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
  sts.sts.clock.advance(3600);
  await expect(client().send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
  sts.sts.clock.advance(-4501);
});

test('a request without a signature, and an unknown action, are refused', async () => {
  const bare = await fetch(`${sts.url}/?Action=GetCallerIdentity&Version=2011-06-15`);
  expect([bare.status, await bare.text()]).toEqual([403, expect.stringContaining('MissingAuthenticationToken')]);
  const odd = await fetch(sts.url, { method: 'POST', headers: { authorization: 'Basic x' } });
  expect(await odd.text()).toContain('IncompleteSignature');
});
