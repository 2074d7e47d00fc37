import { expect, test } from 'vitest';
import { openDesk } from '../harness/desk.ts';
import { startOrganisation } from '../harness/organisation.ts';

const desk = openDesk({
  outside: { org: () => startOrganisation({ seed: 5, contacts: 600, clock: '2026-06-15T10:00:00Z' }) },
  async begin({ connectSales, product, org }) {
    await connectSales(org);
    await product.call('verifyConnection', { params: { connection: 'crm' } });
  },
});

async function draw(): Promise<void> {
  await desk.editor.createWorkflow('Titles by hand');
  await desk.editor.drag('CRM Connector', { x: 130, y: 90 });
  await desk.editor.rename('CRM Connector', 'Contacts');
  await desk.editor.press('Fit to view');
  await desk.editor.continueWith('Contacts', 'Success', 'crm', 'CRM Connector');
  await desk.editor.rename('CRM Connector', 'Titles');
  await desk.editor.press('Tidy');
  await desk.editor.press('Fit to view');
}

/** Contacts whose name begins with M; what is written back is another title. */
async function configureImport(): Promise<void> {
  const contacts = await desk.editor.settings('Contacts');
  await contacts.choose('Connection', 'Sales');
  await contacts.find('Remote object', 'contact', 'Contact');
  const filter = contacts.part('Filter');
  await filter.press('Condition');
  await filter.find('Field', 'lastname', 'LastName');
  await filter.choose('Operator', 'starts with');
  await filter.write('Value (JavaScript)', '"M"');
  for (const field of ['LastName', 'Email', 'Department']) await contacts.find('Add field', field, field);
}

async function configureExport(): Promise<void> {
  const titles = await desk.editor.settings('Titles');
  const said = (text: string) => desk.page.getByRole('region', { name: 'Node Titles' }).getByText(text).waitFor();
  await titles.pick('Operation', 'Export');
  await titles.choose('Connection', 'Sales');
  await titles.find('Remote object', 'contact', 'Contact');
  await said('There is no key: all rows are inserted');
  const mapping = titles.part('Mapping');
  await said('Every new record needs:');
  await mapping.press('Match same names');
  await said('3 matched by name: LastName, Email, Department.');
  await titles.choose('Key', 'Record id');
  expect(await mapping.field('Source: Id').inputValue()).toBe('Id');
  await mapping.find('Add field', 'birth', 'Birthdate');
  await mapping.choose('Source: Birthdate', 'Email');
  await said('The column is text, the field date');
  await mapping.press('Remove Birthdate');
  await mapping.find('Add field', 'title', 'Title');
  await mapping.choose('Source: Title', 'JavaScript');
  await mapping.write('JavaScript: Title', '"Dear " + record.LastName.trim()');
  await titles.pick('Export as', 'Update');
  await titles.switchOn('Run as plan');
  await desk.editor.expectSummary('Titles', 'Contact · plan of update by Id · 5 fields');
}

const people = () => desk.org.query("SELECT Id, LastName, Title FROM Contact WHERE LastName LIKE 'M%' ORDER BY Id");

test('an export drawn by hand is planned first, and then writes what the plan said', async () => {
  await draw();
  await configureImport();
  await configureExport();
  const before = await people();
  expect(before.length).toBeGreaterThan(5);

  const plan = await desk.editor.run();
  expect(await desk.product.finished(plan)).toMatchObject({ state: 'succeeded' });
  const rows = await desk.editor.openRows('Titles · Plan');
  await rows.expectCount(before.length);
  const columns = ['Id', 'LastName', 'Email', 'Department', 'action', 'recordId', 'key', 'values', 'before'];
  await rows.expectCell(0, columns.indexOf('action'), 'update');
  expect(await rows.cell(0, columns.indexOf('values'))).toContain('Dear M');
  expect(await people()).toEqual(before);

  await (await desk.editor.settings('Titles')).switchOff('Run as plan');
  const written = await desk.editor.run();
  expect(await desk.product.finished(written)).toMatchObject({ state: 'succeeded' });
  await desk.editor.expectRows('Titles · Success', before.length);
  const titled = before.map((record) => ({ ...record, Title: `Dear ${String(record.LastName).trim()}` }));
  expect(await people()).toEqual(titled);
  expect(desk.complaints).toEqual([]);
});
