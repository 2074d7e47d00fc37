import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller, Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

const editor: Caller = { by: 'token', role: 'editor' };
let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web.close());

it('text with the character U+0000 is refused, and the place is named', async () => {
  const workflow = { formatVersion: 1, internalName: 'w', label: 'a\u0000b', nodes: [], transitions: [] };
  const reply = await web.call('createWorkflow', { as: editor, body: { workflow } });
  expect(reply.status).toBe(400);
  expect(reply.json).toMatchObject({ code: 'INVALID_INPUT' });
  expect(JSON.stringify(reply.json)).toContain('body.workflow.label: contains the character U+0000');
});

it('so it is in a path', async () => {
  const reply = await web.call('getWorkflow', { as: editor, params: { workflow: 'a\u0000b' } });
  expect(reply.status).toBe(400);
  expect(reply.json).toMatchObject({ code: 'INVALID_INPUT' });
});
