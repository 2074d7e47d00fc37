/** Records of an export whose own run may still send them: requeued as well, they would be sent twice. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TableRef } from '../../contract/relation.ts';
import { never } from '../../contract/run.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { NodeContext, NodeResult } from '../../nodes/kit/run.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import type { TestDatabase } from '../harness/database.ts';
import { makeDatabase } from '../harness/database.ts';
import { keepFates } from '../harness/exportAct.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const columns: Column[] = [{ name: 'Email', label: 'Email', type: 'text' }];
const rows = { config: { rows: true } };

const acts: Acts = {};
let database: TestDatabase;
let test: UnderTest;
let web: Web;
/** What came to `send`, each time. */
let sent: Cell[][];
/** What becomes of bob at first, and by which output he leaves. */
let bob: 'rejected' | 'unsent';
let exit: 'reject' | 'error';
/** Whether `w` lets the rows go on. */
let waits: boolean;

beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  [sent, waits, bob, exit] = [[], true, 'rejected', 'reject'];
  acts.a = async (context) => ({ ports: { success: await table(context, ['ann', 'bob']) } });
  acts.send = async (context): Promise<NodeResult> => {
    const input = context.inputs[0]?.table as TableRef;
    const came = await emails(context, input);
    sent.push(came);
    const isLast = came.length === 1;
    await keepFates(
      context,
      'settled',
      came.map((email) => ({ action: 'create', outcome: isLast || email === 'ann' ? 'created' : bob })),
    );
    const ports: Record<string, TableRef> = { success: input };
    if (!isLast) ports[exit] = await table(context, ['bob']);
    return { ports };
  };
  acts.w = ({ inputs }) =>
    waits
      ? { waitUntil: never, reason: 'for the test', memory: null }
      : { ports: { success: inputs[0]?.table ?? null } };
  database = await makeDatabase();
  test = await engineUnderTest(acts, { database });
  const { catalog, clock } = test;
  web = await startWeb({}, 'none', { database, catalog, clock, engine: test.engine });
});
afterEach(async () => {
  await web.close();
  await test.close();
  await database.drop();
});

async function table(context: NodeContext, values: string[]): Promise<TableRef> {
  const writer = await context.writer({ columns, name: `rows ${values.join()}` });
  await writer.append(values.map((value) => [value]));
  return writer.finish();
}

async function emails(context: NodeContext, input: TableRef): Promise<Cell[]> {
  const found: Cell[] = [];
  for await (const batch of context.read(input, { columns: ['Email'] }))
    found.push(...batch.rows.map(([one = null]) => one));
  return found;
}

const nodes = { a: rows, send: { config: { rows: true, ownError: true } }, w: rows, b: rows };
const loop = (): Workflow =>
  draw(`a -> send, send -> b, send.${exit} -> w, w -> send`, nodes, { concurrency: 'parallel' });

async function started(workflow: Workflow): Promise<{ run: string; export: string }> {
  await inTransaction(test.db, (tx) => storeWorkflow(tx, workflow));
  const run = await test.begin(workflow, { workflowId: workflow.internalName, version: 1 });
  await test.eventually(async () => {
    const { tasks } = await test.read(run);
    expect(tasks.find(({ nodeId }) => nodeId === 'w')?.state).toBe('waiting');
  });
  const { tasks } = await test.read(run);
  return { run, export: tasks.find(({ nodeId }) => nodeId === 'send')?.id ?? '' };
}

const requeue = (id: string) => web.call('requeueRejects', { params: { export: id }, body: { rows: null } });

describe('requeueing what the run itself may still send', () => {
  it('is refused while the run brings the rows back to the node', async () => {
    const done = await started(loop());
    expect(await requeue(done.export)).toMatchObject({
      status: 409,
      json: {
        code: 'EXPORT_GOES_ON',
        message: `The run of this export (${done.run}, waiting) can still send the records that are left.`,
        action: expect.stringMatching(/^Let that run do it/),
      },
    });
    expect(sent).toEqual([['ann', 'bob']]);
  });

  it('is refused when the run was stopped on that way: a retry goes on with them', async () => {
    const done = await started(loop());
    await test.command(done.run, 'stop');
    await test.until(done.run, 'stopped');
    expect(await requeue(done.export)).toMatchObject({
      json: { code: 'EXPORT_GOES_ON', message: expect.stringContaining('stopped') },
    });
    waits = false;
    await test.command(done.run, 'retry');
    await test.wakeNode(done.run, 'w');
    await test.until(done.run, 'succeeded');
    expect(sent).toEqual([['ann', 'bob'], ['bob']]);
  });

  it('does not take what left by Error and was sent by the run itself', async () => {
    [bob, exit, waits] = ['unsent', 'error', false];
    const workflow = loop();
    await inTransaction(test.db, (tx) => storeWorkflow(tx, workflow));
    const done = await test.finish(workflow, { workflowId: workflow.internalName, version: 1 });
    expect(done.state).toBe('succeeded');
    const first = done.tasks.find(({ nodeId, pass }) => nodeId === 'send' && pass === 1)?.id ?? '';
    expect(await requeue(first)).toMatchObject({ status: 409, json: { code: 'NOTHING_OPEN' } });
    expect(sent).toEqual([['ann', 'bob'], ['bob']]);
  });

  it('is possible where the rows go another way, although the run is not over', async () => {
    const other = draw('a -> send, send -> b, send.reject -> w, w -> b', nodes, { concurrency: 'parallel' });
    const done = await started(other);
    expect(await requeue(done.export)).toMatchObject({ status: 200 });
    await test.eventually(() => expect(sent).toEqual([['ann', 'bob'], ['bob']]));
  });
});
