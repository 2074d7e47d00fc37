import { expect, it } from 'vitest';
import type { MailClient } from './connector.ts';
import { clientAs } from './connector.ts';

const mail: MailClient = {
  kind: 'smtp',
  capability: 'mail',
  verify: async () => ({ identity: 'ann', organisation: 'example.org', details: [] }),
  send: async () => undefined,
  close: async () => undefined,
};

it('a client is given as what it can do', () => {
  expect(clientAs(mail, 'mail', 'post')).toBe(mail);
});

it('a client that cannot do it is refused, naming the connection and its kind', () => {
  expect(() => clientAs(mail, 'crm', 'post')).toThrow(
    expect.objectContaining({ code: 'CONNECTION_KIND', details: { name: 'post', kind: 'smtp' } }),
  );
});
