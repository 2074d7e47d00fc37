import { expect, test } from 'vitest';
import type { Workflow } from '../../contract/workflow.ts';
import { openDesk } from '../harness/desk.ts';

/** Local data as a workflow has left it: customers, and what is known of people. */
const filling: Workflow = {
  formatVersion: 1,
  internalName: 'filling',
  label: 'Filling',
  nodes: ['customers', 'people'].flatMap((table, index) => [
    {
      id: `rows_${table}`,
      type: 'javascript-code',
      name: `rows_${table}`,
      label: table,
      x: 0,
      y: 120 * index,
      config: {
        mode: 'run',
        script: `for (let n = 0; n < 12; n += 1) emit({ id: '${table}' + n, Email: 'P' + ${index === 0 ? 'n' : 'Math.min(n, 5)'} + '@x.org', Score: n });`,
        columns: [
          { name: 'id', type: 'text' },
          { name: 'Email', type: 'text' },
          { name: 'Score', type: 'integer' },
        ],
      },
    },
    {
      id: `save_${table}`,
      type: 'update-data',
      name: `save_${table}`,
      label: `save ${table}`,
      x: 300,
      y: 120 * index,
      config: { table, key: [{ kind: 'column', column: 'id' }] },
    },
  ]),
  transitions: ['customers', 'people'].map((table) => ({
    id: `t_${table}`,
    from: `rows_${table}`,
    port: 'success',
    to: `save_${table}`,
  })),
  settings: {},
} as unknown as Workflow;

const desk = openDesk({
  async begin({ product }) {
    await product.call('createWorkflow', { body: { workflow: filling } });
    const { id } = await product.call('startRun', { params: { workflow: 'filling' }, body: { which: 'draft' } });
    expect(await product.finished(id)).toMatchObject({ state: 'succeeded' });
  },
});

test('a table is asked by filter and order, its rows are found again by their e-mail, and a SELECT counts them', async () => {
  await desk.editor.createWorkflow('Known customers');
  await desk.editor.drag('Query', { x: 130, y: 90 });
  await desk.editor.rename('Query', 'Customers');
  await desk.editor.continueWith('Customers', 'Success', 'reconcil', 'Reconciliation');
  await desk.editor.rename('Reconciliation', 'Who is known');
  await desk.editor.drag('Query', { x: 130, y: 420 });
  await desk.editor.rename('Query', 'Count');

  const customers = await desk.editor.settings('Customers');
  await customers.choose('Table', 'customers');
  await customers.press('Condition');
  await customers.find('Column', 'score', 'Score');
  await customers.choose('Operator', '≥');
  await customers.write('Value (JavaScript)', '2');

  const known = await desk.editor.settings('Who is known');
  await known.choose('Table', 'people');
  await known.press('Add a key');
  await known.find('Column of the population', 'email', 'Email');
  await known.choose('Compare', 'as e-mail address');
  await known.find('Add column of the match', 'id', 'id');

  const count = await desk.editor.settings('Count');
  await count.pick('Rows from', 'SQL');
  await count.write('SQL', 'SELECT count(*) AS n, max(email) AS last FROM people');
  await count.press('Take the columns from the SELECT');

  const run = await desk.editor.run();
  expect(await desk.product.finished(run)).toMatchObject({ state: 'succeeded' });
  await desk.editor.expectRows('Customers → Who is known', 10);
  await desk.editor.expectRows('Who is known · Unmatched', 6);
  await desk.editor.expectRows('Who is known · Ambiguous', 1);
  await desk.editor.expectRows('Who is known · Matched', 3);
  const rows = await desk.editor.openRows('Count · Success');
  await rows.expectCell(0, 0, '12');
  expect(desk.complaints).toEqual([]);
});
