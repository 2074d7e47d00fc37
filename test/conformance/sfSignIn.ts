/** sf: signing in, and what the CLI knows of an organisation. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Demo } from './demo.ts';
import { type Line, same, sameSet } from './line.ts';
import type { SfCli } from './sfCli.ts';

interface Org {
  username: string;
  orgId?: string;
  connectedStatus?: string;
  profileName?: string;
}

export function sfSignInLines(sf: SfCli, demo: Demo): Line[] {
  return [
    // A refused sign-in takes away what was stored for the same user.
    { title: 'org login jwt (key of somebody else)', run: () => byWrongKey(sf, demo) },
    { title: 'org login jwt', run: () => byAssertion(sf, demo) },
    { title: 'org login access-token', run: () => byToken(sf, demo) },
    { title: 'org display', run: () => display(sf, demo) },
    { title: 'org display user', run: () => displayUser(sf, demo) },
    { title: 'org list', run: () => list(sf, demo) },
  ];
}

async function byToken(sf: SfCli, demo: Demo): Promise<string> {
  const args = ['org', 'login', 'access-token', '--instance-url', demo.url, '--no-prompt', '--alias', 'demo'];
  const org = await sf.ask<Org>([...args, '--set-default'], { SF_ACCESS_TOKEN: await demo.token() });
  same('user name', org.username, demo.username);
  const [organisation] = await demo.ids('SELECT Id FROM Organization');
  same('organisation', org.orgId, organisation);
  return `signed in as ${org.username}`;
}

async function byAssertion(sf: SfCli, demo: Demo): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await demo.control('app', { publicKey: publicKey.export({ type: 'spki', format: 'pem' }) });
  const file = join(sf.folder, 'jwt.key');
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const org = await sf.ask<Org>(jwtArgs(demo, file));
  same('user name', org.username, demo.username);
  const { totalSize } = await sf.ask<{ totalSize: number }>([
    'data',
    'query',
    '--query',
    'SELECT Id FROM Organization',
    '--target-org',
    'jwt',
  ]);
  same('organisations found with the session', totalSize, 1);
  return `signed in as ${org.username}, and the session reads`;
}

async function byWrongKey(sf: SfCli, demo: Demo): Promise<string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const file = join(sf.folder, 'other.key');
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const { code, answer } = await sf.try(jwtArgs(demo, file));
  same('exit code', code, 1);
  if (!/invalid/i.test(answer.message ?? '')) throw new Error(`it says: ${answer.message}`);
  return `refused: ${answer.message?.split('\n')[0]}`;
}

const jwtArgs = (demo: Demo, file: string): string[] => {
  const who = ['--username', demo.username, '--client-id', demo.clientId, '--instance-url', demo.url];
  return ['org', 'login', 'jwt', '--jwt-key-file', file, '--alias', 'jwt', ...who];
};

async function display(sf: SfCli, demo: Demo): Promise<string> {
  const org = await sf.ask<Org>(['org', 'display', '--target-org', 'demo']);
  same('user name', org.username, demo.username);
  same('status', org.connectedStatus, 'Connected');
  return `${org.username} is ${org.connectedStatus}`;
}

async function displayUser(sf: SfCli, demo: Demo): Promise<string> {
  const user = await sf.ask<Org & { id: string }>(['org', 'display', 'user', '--target-org', 'demo']);
  const [row] = await demo.query(`SELECT Id, Profile.Name FROM User WHERE Username = '${demo.username}'`);
  same('id', user.id, row?.Id);
  same('profile', user.profileName, (row?.Profile as { Name: string } | undefined)?.Name);
  return `${user.id}, ${user.profileName}`;
}

async function list(sf: SfCli, demo: Demo): Promise<string> {
  const { other, nonScratchOrgs } = await sf.ask<Record<'other' | 'nonScratchOrgs', Org[]>>(['org', 'list']);
  const known = [...other, ...nonScratchOrgs];
  const names = new Set(known.map(({ username }) => username));
  sameSet('organisations', names, [demo.username]);
  same('status', known[0]?.connectedStatus, 'Connected');
  return `${names.size} organisation, ${known[0]?.connectedStatus}`;
}
