import { expect, it } from 'vitest';
import { open } from './client.ts';
import { definition } from './definition.ts';

it('says of itself that its secret can be read, and nothing of the secret', async () => {
  const client = await open({
    settings: definition.settings.parse({ secret: 'a secret of many letters' }),
    connectionName: 'hooks',
    clock: { now: () => new Date(0) },
    log: () => undefined,
    signal: new AbortController().signal,
  });
  const who = await client.verify();
  expect(who.details).toEqual([{ label: 'Secret', value: '24 characters' }]);
  expect(JSON.stringify(who)).not.toContain('many letters');
});

it('refuses a secret that could be guessed', () => {
  const parsed = definition.settings.safeParse({ secret: 'short' });
  expect(parsed.error?.issues.map((issue) => issue.message)).toEqual(['use at least 16 characters']);
});
