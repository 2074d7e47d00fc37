import { expect, test } from 'vitest';
import type { Workflow } from '../../contract/workflow.ts';
import { openDesk } from '../harness/desk.ts';
import { startOrganisation } from '../harness/organisation.ts';

const contacts = { connection: 'crm', object: 'Contact', objectLabel: 'Contact' };
const workflow: Workflow = {
  formatVersion: 1,
  internalName: 'deltas',
  label: 'Deltas',
  nodes: [
    { id: 'contacts', type: 'crm-connector', name: 'contacts', label: 'Contacts', x: 40, y: 40, config: contacts },
    { id: 'changes', type: 'change-detection', name: 'changes', label: 'Changes', x: 320, y: 40, config: {} },
  ],
  transitions: [{ id: 'all', from: 'contacts', port: 'success', to: 'changes' }],
};

const desk = openDesk({
  outside: { org: () => startOrganisation({ seed: 5, contacts: 40, clock: '2026-06-15T10:00:00Z' }) },
  async begin({ connectSales, product, org }) {
    await connectSales(org);
    await product.call('createWorkflow', { body: { workflow } });
  },
});

test('a person sees what a node has sent, and has it forget that', async () => {
  await desk.editor.openWorkflow('deltas');
  const panel = await desk.editor.settings('Changes');
  const sent = desk.page.getByRole('region', { name: 'What was sent' });
  await sent.getByText('Nothing was sent yet: all rows are due.').waitFor();
  await panel.choose('Which row is which', 'Record id');
  await desk.page.keyboard.press('Escape');
  await panel.choose('A row counts as sent', 'as soon as it leaves here');
  await desk.editor.expectSummary('Changes', 'by Id · sent when they leave');
  expect(await desk.product.finished(await desk.editor.run())).toMatchObject({ state: 'succeeded' });

  await desk.editor.settings('Contacts');
  await desk.editor.settings('Changes');
  await sent.getByText('40 rows').waitFor();
  await sent.getByRole('button', { name: 'Forget all …' }).click();
  await desk.page.getByRole('dialog').getByRole('button', { name: 'Forget what was sent' }).click();
  await sent.getByText('Nothing was sent yet: all rows are due.').waitFor();
  expect(desk.complaints).toEqual([]);
});
