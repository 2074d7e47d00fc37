import { describe, expect, it } from 'vitest';
import type { Json } from '../../contract/types.ts';
import { testEngine } from '../../test/harness/engine.ts';
import type { WebhookConfig } from './config.ts';
import { definition } from './definition.ts';

const engine = testEngine();
let paths = 0;
const column = (name: string, type: WebhookConfig['columns'][number]['type'] = 'text', from = '') => ({
  name,
  type,
  value: 'field' as const,
  from,
});
const parameter = (name: string, given: Partial<WebhookConfig['parameters'][number]> = {}) => ({
  name,
  type: 'text' as const,
  required: false,
  default: '',
  from: '',
  ...given,
});

async function hooked(config: Partial<WebhookConfig>) {
  paths += 1;
  const path = `path${paths}`;
  const flow = await engine
    .flow({ hook: { type: 'incoming-webhook', config: { path, connection: 'hooks', ...config } } }, [])
    .published();
  return { path, flow };
}

describe('a Webhook', () => {
  it('starts a run of the published version with what was sent as variables and records', async () => {
    const { path, flow } = await hooked({
      parameters: [
        parameter('customer', { from: 'order.customer.name' }),
        parameter('count', { type: 'integer', default: '7' }),
      ],
      records: 'order.lines',
      columns: [column('Sku'), column('Price', 'decimal', 'price.amount'), column('Note')],
    });
    const lines: Json[] = [
      { Sku: 'a', price: { amount: 12.5 } },
      { Sku: 'b', price: { amount: '3.00' }, Note: 'gift' },
    ];
    await flow.call(path, { order: { customer: { name: 'Anna' }, lines } });
    const run = await (await flow.startedRun()).finished();
    expect(run.describe()).toMatch(/^succeeded/);
    expect(run.detail.origin).toEqual({ kind: 'webhook', by: path });
    expect(run.vars('hook')).toMatchObject({ customer: 'Anna', count: 7 });
    expect(await run.rows('hook.success')).toEqual([
      { Sku: 'a', Price: '12.5', Note: null },
      { Sku: 'b', Price: '3', Note: 'gift' },
    ]);
  });

  it('rejects records that do not fit, each as it was sent', async () => {
    const { path, flow } = await hooked({ columns: [column('Id', 'integer')] });
    await flow.call(path, [{ Id: 1 }, { Id: 'many' }, 5]);
    const run = await (await flow.startedRun()).finished();
    expect(run.state).toBe('succeeded with rejects');
    expect(await run.rows('hook.success')).toEqual([{ Id: 1 }]);
    expect(await run.rows('hook.reject')).toMatchObject([
      { errorCode: 'TYPE_MISMATCH', errorFields: 'Id', record: { Id: 'many' } },
      { errorCode: 'TYPE_MISMATCH', errorFields: null, record: 5 },
    ]);
  });

  it('takes one object for one record', async () => {
    const { path, flow } = await hooked({ columns: [column('Id')] });
    await flow.call(path, { Id: 'x' });
    expect(await (await (await flow.startedRun()).finished()).rows('hook.success')).toEqual([{ Id: 'x' }]);
  });

  it('fails when there are no records where they should stand', async () => {
    const { path, flow } = await hooked({ columns: [column('Id')], records: 'order.lines' });
    await flow.call(path, { order: {} });
    const run = await (await flow.startedRun()).finished();
    expect(run.error).toMatchObject({ code: 'HOOK_RECORDS', details: { path: 'order.lines' } });
  });

  it('goes on without records when a person starts it', async () => {
    const { flow } = await hooked({ columns: [column('Id')] });
    const run = await (await flow.started()).finished();
    expect(run.counts).toEqual({ 'hook.success': 0, 'hook.reject': 0 });
    expect(run.log('hook')[0]).toBe('Started without a call: no records');
  });

  it('names a connection that does not exist or holds no such secret', () => {
    const config = { ...definition.defaults, path: 'a', connection: 'crm' };
    const node = { id: 'n', type: 'incoming-webhook', name: 'n', label: 'n', x: 0, y: 0, config: {} };
    const codes = (connections: { name: string; kind: string; capabilities: string[] }[]) =>
      definition
        .check?.(config, { node, inputs: [], connections, workflows: null, workflow: 'drawn' })
        .map(({ code }) => code);
    expect(codes([])).toEqual(['CONNECTION_MISSING']);
    expect(codes([{ name: 'crm', kind: 'salesforce', capabilities: ['crm'] }])).toEqual(['CONNECTION_KIND']);
    expect(codes([{ name: 'crm', kind: 'incoming-webhook', capabilities: ['hook'] }])).toEqual([]);
  });

  it.each([
    [{ path: 'a b' }, 'path: use letters, digits, "_" or "-", at most 64'],
    [{ connection: '' }, 'connection: choose the connection whose secret signs the calls'],
    [{ parameters: [parameter('')] }, 'parameters.0.name: give the parameter a name'],
    [{ columns: [column('a'), column('a')] }, 'columns.1.name: another column is called "a" too'],
  ])('must make sense: %j', (config, problem) => {
    const parsed = definition.config.safeParse({ ...definition.defaults, path: 'a', connection: 'b', ...config });
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual([problem]);
  });
});
