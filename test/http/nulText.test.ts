/** U+0000 is text that only some databases hold: what asks for it is refused before it reaches any. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ErrorReply } from '../../contract/errors.ts';
import type { Caller, Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

const editor: Caller = { by: 'token', role: 'editor' };
let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web.close());

const workflow = { formatVersion: 1, internalName: 'w', label: 'W', nodes: [], transitions: [] };

it('is refused in the label of a workflow, in the value of an option and in a name within a body', async () => {
  const label = await web.call('createWorkflow', { as: editor, body: { workflow: { ...workflow, label: 'a\0b' } } });
  const value = await web.call('setOption', { as: editor, params: { option: 'greeting' }, body: { value: 'a\0b' } });
  const body = { parameters: { 'a\0b': 1 } };
  const name = await web.call('sendSignal', { as: editor, params: { workflow: 'w', signal: 'go' }, body });
  expect([label, value, name].map(({ status, json }) => [status, (json as ErrorReply).message])).toEqual([
    [400, 'The request is not valid: body.workflow.label: contains the character U+0000.'],
    [400, 'The request is not valid: body.value: contains the character U+0000.'],
    [400, 'The request is not valid: body.parameters: contains the character U+0000.'],
  ]);
  expect(await web.instance.db('workflows')).toEqual([]);
});

it.each(['/api/workflows/a%00b', '/api/runs?workflow=a%00b', '/hooks/a%00b'])(
  'is refused in an address: %s',
  async (path) => {
    const { status, json } = await web.fetch(path, { method: path.startsWith('/hooks') ? 'POST' : 'GET' });
    expect({ status, json }).toMatchObject({ status: 400, json: { code: 'INVALID_INPUT' } });
  },
);
