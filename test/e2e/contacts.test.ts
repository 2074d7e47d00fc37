import { expect, test } from 'vitest';
import { eventually } from '../harness/browser.ts';
import type { Contact } from '../harness/contacts.ts';
import { contactFields, contactsWorkflow, expectedContacts, splitByEmail } from '../harness/contacts.ts';
import { openDesk } from '../harness/desk.ts';
import { startOrganisation } from '../harness/organisation.ts';

const desk = openDesk({
  outside: { org: () => startOrganisation({ seed: 3, contacts: 4_000, clock: '2026-06-15T10:00:00Z' }) },
  async begin({ connectSales, product, org }) {
    await connectSales(org);
    await product.call('verifyConnection', { params: { connection: 'crm' } });
  },
});

async function draw(): Promise<void> {
  await desk.editor.createWorkflow('Contacts by hand');
  await desk.editor.drag('Scheduler', { x: 130, y: 90 });
  await desk.editor.rename('Scheduler', 'Every 15 minutes');
  await desk.editor.addByKeyboard('crm', 'CRM Connector');
  await desk.editor.rename('CRM Connector', 'Changed contacts');
  await desk.editor.drag('Deduplication', { x: 760, y: 90 });
  await desk.editor.rename('Deduplication', 'One per e-mail');
  await desk.editor.press('Fit to view');
  await desk.editor.connect('Changed contacts', 'Success', 'One per e-mail');
  await desk.editor.continueWith('One per e-mail', 'Success', 'update', 'Update data');
  await desk.editor.rename('Update data', 'Write contacts');
  await desk.editor.press('Fit to view');
  await desk.editor.drag('JavaScript code', { x: 480, y: 480 });
  await desk.editor.rename('JavaScript code', 'Say how many');
  await desk.editor.connectByKeyboard('Write contacts', 'Say how many');
  await desk.editor.press('Tidy');
  await desk.editor.press('Fit to view');
  await desk.editor.expectTransitions('Every 15 minutes', 'Changed contacts', 1);
  await desk.editor.expectTransitions('One per e-mail', 'Write contacts', 1);
}

async function configure(): Promise<void> {
  const scheduler = await desk.editor.settings('Every 15 minutes');
  await scheduler.choose('Start', 'every few minutes');
  await scheduler.write('Every … minutes', '15');
  const starts = desk.page.getByRole('region', { name: 'Next starts (UTC)' }).getByRole('listitem');
  await eventually(() => starts.count()).toBe(10);

  const crm = await desk.editor.settings('Changed contacts');
  // A message that comes and goes moves the button below it away from under the mouse.
  const errors = await crm.errorsDuring(async () => {
    await crm.choose('Connection', 'Sales');
    await crm.find('Remote object', 'contact', 'Contact');
    await crm.part('Filter').press('Condition');
  });
  expect(errors).toEqual([]);
  await crm.part('Filter').find('Field', 'email', 'Email');
  await crm.part('Filter').choose('Operator', 'is not empty');
  await crm.switchOn('Automatic index');
  await crm.pick('Advance', 'when the run succeeded');
  await crm.choose('Index field', 'SystemModstamp');
  for (const field of contactFields.filter((name) => name !== 'Id' && name !== 'SystemModstamp'))
    await crm.find('Add field', field, field);

  const deduplication = await desk.editor.settings('One per e-mail');
  await deduplication.press('Add a key');
  await deduplication.find('Column', 'email', 'Email');
  await deduplication.choose('Compare', 'as e-mail address');
  await deduplication.choose('Which', 'the most recent');
  await deduplication.find('By', 'stamp', 'SystemModstamp');
  await deduplication.switchOn('Output for the duplicates');

  const update = await desk.editor.settings('Write contacts');
  await update.write('Table', 'contacts_by_hand');
  await update.choose('Operation', 'Insert or update');
  await update.press('Add a key column');
  await update.find('Column', 'record', 'Record id');

  const code = await desk.editor.settings('Say how many');
  await code.write('JavaScript', 'logInfo(vars.recCount + " written, up to " + vars.crmEndDate);');
}

/** As people of the organisation do; what they change gets the clock's present instant. */
async function change(...records: object[]): Promise<string[]> {
  const { ids } = (await desk.org.control('records', records)) as { ids: string[] };
  return ids;
}
const step = (seconds: number) => desk.org.control('clock', { advanceSeconds: seconds });
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

test('a workflow drawn on an empty canvas imports contacts, shows the duplicates, and next time only what changed', async () => {
  await draw();
  await configure();
  const contacts = await desk.org.query('SELECT Id FROM Contact WHERE Email != null ORDER BY Id LIMIT 6');
  const [first, second, ...others] = contacts.map(({ Id }) => ({ operation: 'update', object: 'Contact', id: Id }));
  // These lie within the look-back of the second run.
  await change(...others.map((record) => ({ ...record, values: { Title: 'Seen before' } })));
  await step(120);

  const firstRun = await desk.editor.run();
  expect(await desk.product.finished(firstRun)).toMatchObject({ state: 'succeeded', rejects: 0 });
  const imported = await expectedContacts(desk.org);
  const { kept, duplicates } = splitByEmail(imported);
  await desk.editor.expectRun('Succeeded');
  await desk.editor.expectRows('Changed contacts → One per e-mail', imported.length);
  await desk.editor.expectRows('One per e-mail → Write contacts', kept.length);
  await desk.editor.expectRows('One per e-mail · Duplicates', duplicates.length);
  await desk.editor.expectRows('Write contacts → Say how many', kept.length);
  await desk.editor.expectLog(`${kept.length} written, up to 2026/06/15 10:01:00`);
  await expectDuplicates(duplicates);
  await expectCursor('2026/06/15 10:01:00', firstRun);

  const added = { LastName: 'Novák', Email: 'eva.novakova@new.example' };
  const changed = await change(
    { ...first, values: { MailingCity: 'Brno' } },
    { ...second, values: { Email: 'someone.new@new.example' } },
    { operation: 'create', object: 'Contact', values: added },
  );
  await step(90);
  await desk.editor.openWorkflow('contactsByHand');
  const secondRun = await desk.editor.run();
  expect(await desk.product.finished(secondRun)).toMatchObject({ state: 'succeeded' });
  await desk.editor.expectRows('Changed contacts → One per e-mail', 3);
  expect(await lookBackReads()).toBe(changed.length + others.length);
  const rows = await desk.editor.openRows('Changed contacts → One per e-mail');
  await rows.expectCount(3);
  expect((await Promise.all([0, 1, 2].map((row) => rows.cell(row, 0)))).sort()).toEqual(changed.sort());
  await expectCursor('2026/06/15 10:02:30', secondRun);
  expect(desk.complaints).toEqual([]);
});

/** Columns of the import: the record id, the index field, then the others as they were chosen. */
const shown = ['Id', 'SystemModstamp', ...contactFields.filter((name) => name !== 'Id' && name !== 'SystemModstamp')];

async function expectDuplicates(duplicates: readonly Contact[]): Promise<void> {
  const cell = (contact: Contact, field: string): string => contact[contactFields.indexOf(field as 'Id')] ?? 'null';
  const id = shown.indexOf('Id');
  const rows = await desk.editor.openRows('One per e-mail · Duplicates');
  await rows.expectCount(duplicates.length);
  const sorted = duplicates.map((contact) => cell(contact, 'Id')).sort(byText);
  await rows.sortBy('Record id');
  await rows.expectCell(0, id, sorted[0] ?? '');
  await rows.goToEnd(duplicates.length);
  await rows.expectCell(duplicates.length - 1, id, sorted.at(-1) ?? '');
  const one = duplicates.find((contact) => contact.every((text) => text !== null));
  if (!one) throw new Error('No duplicate has a value in every column.');
  await rows.search(cell(one, 'Id'));
  await rows.expectCount(1);
  for (const field of ['Email', 'LastName', 'MailingCity', 'Account.Name'])
    await rows.expectCell(0, shown.indexOf(field), cell(one, field));
}

/** How many records the latest query of the organisation gives to somebody who asks the same. */
async function lookBackReads(): Promise<number> {
  const response = await fetch(`${desk.org.url}/__demo/requests`);
  const requests = (await response.json()) as { query: string }[];
  const query = requests.map(({ query }) => /^q=(SELECT Id.+SystemModstamp >=.+)$/.exec(query)?.[1]).findLast(Boolean);
  return (await desk.org.query(query ?? '')).length;
}

/** The Options page says how far the import has come, and which run it was. */
async function expectCursor(value: string, run: string): Promise<void> {
  const name = 'LASTIMPORT_contactsByHand_changedContacts';
  await desk.editor.goTo('Options');
  await desk.page.getByRole('link', { name, exact: true }).click();
  const pane = desk.page.getByRole('complementary', { name });
  await eventually(() => pane.getByLabel('Value').inputValue()).toBe(value);
  const latest = pane.getByRole('region', { name: 'History' }).getByRole('listitem').first();
  expect(await latest.getByText(value).count()).toBe(1);
  expect(await latest.getByRole('link').getAttribute('href')).toBe(`/runs/${run}`);
}

test('an import date is moved back where it is used, after it was said what that means', async () => {
  await drawn('rewound');
  const name = 'LASTIMPORT_rewound_changedContacts';
  const date = '2026/06/15 09:00:00';
  await desk.product.call('setOption', { params: { option: 'LASTIMPORT_rewound_formerly' }, body: { value: date } });
  await desk.page.reload();
  const settings = await desk.editor.settings('Changed contacts');
  await settings.press('Move it here');
  const place = desk.page.getByRole('region', { name: 'Import date' });
  await place.getByText(date).first().waitFor();
  await settings.press('Move …');
  const dialog = desk.page.getByRole('dialog', { name: 'Move the import date' });
  await dialog.getByRole('button', { name: '1 hour', exact: true }).click();
  await dialog.getByText('reads what changed since 2026/06/15 08:00:00').waitFor();
  await dialog.getByText(/that would be [\d,]+ records/).waitFor();
  await dialog.getByRole('button', { name: 'Rewind', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await place.getByText('1 hour back').waitFor();
  const { value, history } = await desk.product.call('getOption', { params: { option: name } });
  expect([value, history[0]?.by, history[0]?.old]).toEqual([
    '2026/06/15 08:00:00',
    expect.stringContaining('ana'),
    date,
  ]);
  expect(desk.complaints).toEqual([]);
});

/** A workflow that somebody has drawn before. */
async function drawn(internalName: string): Promise<void> {
  await desk.product.call('createWorkflow', { body: { workflow: contactsWorkflow(internalName, 'crm') } });
  await desk.editor.openWorkflow(internalName);
}

test('undo takes back a setting and a deletion, redo does them again', async () => {
  await drawn('undone');
  await desk.editor.expectSummary('One per e-mail', 'keeps most recent · Email');
  const settings = await desk.editor.settings('One per e-mail');
  await settings.write('Keep', '2');
  await desk.editor.expectSummary('One per e-mail', 'keeps 2 most recent · Email');
  await desk.editor.pressKeys('ControlOrMeta+z');
  await desk.editor.expectSummary('One per e-mail', 'keeps most recent · Email');
  await desk.editor.expectUnsaved(false);
  await desk.editor.pressKeys('ControlOrMeta+Shift+z');
  await desk.editor.expectSummary('One per e-mail', 'keeps 2 most recent · Email');

  await desk.editor.expectTransitions('One per e-mail', 'Write contacts', 1);
  await desk.editor.remove('Write contacts');
  await desk.editor.press('Undo');
  await desk.editor.expectTransitions('One per e-mail', 'Write contacts', 1);
  await desk.editor.press('Redo');
  await desk.editor.node('Write contacts').waitFor({ state: 'detached' });
  await desk.editor.pressKeys('ControlOrMeta+z');
  await desk.editor.pressKeys('ControlOrMeta+z');
  await desk.editor.expectTransitions('One per e-mail', 'Write contacts', 1);
  await desk.editor.expectUnsaved(false);
  expect(desk.complaints).toEqual([]);
});

test('what is saved is there after a reload, and what was not saved is offered again', async () => {
  await drawn('reloaded');
  await desk.editor.select('Write contacts');
  await desk.editor.rename('Write contacts', 'Keep contacts');
  const settings = await desk.editor.settings('Keep contacts');
  await settings.write('Table', 'kept_contacts');
  await desk.editor.expectUnsaved(true);
  await desk.editor.save();
  const { workflow } = await desk.product.call('getWorkflow', { params: { workflow: 'reloaded' } });
  expect(workflow.nodes).toContainEqual(
    expect.objectContaining({ label: 'Keep contacts', config: expect.objectContaining({ table: 'kept_contacts' }) }),
  );

  await desk.page.reload();
  await desk.editor.expectTransitions('One per e-mail', 'Keep contacts', 1);
  const again = await desk.editor.settings('Keep contacts');
  expect(await again.field('Table').inputValue()).toBe('kept_contacts');
  await desk.editor.expectUnsaved(false);

  await again.write('Table', 'others');
  await desk.editor.expectUnsaved(true);
  await desk.page.reload();
  await desk.page.getByRole('button', { name: 'Restore them' }).click();
  await desk.editor.expectUnsaved(true);
  expect(await (await desk.editor.settings('Keep contacts')).field('Table').inputValue()).toBe('others');
  expect(desk.complaints).toEqual([]);
});

test('who saves after somebody else sees both changes and can merge them', async () => {
  await drawn('shared');
  const { workflow, revision } = await desk.product.call('getWorkflow', { params: { workflow: 'shared' } });
  const nodes = workflow.nodes.map((node) => (node.label === 'Wait 5 minutes' ? { ...node, label: 'Patience' } : node));
  await desk.editor.select('Write contacts');
  await desk.editor.rename('Write contacts', 'Keep contacts');
  await desk.product.call('saveWorkflow', {
    params: { workflow: 'shared' },
    body: { workflow: { ...workflow, nodes }, revision },
  });
  await desk.page.keyboard.press('ControlOrMeta+s');

  const panel = desk.page.getByRole('region', { name: 'A newer version was saved' });
  await panel.getByText('What admin changed').waitFor();
  expect(await panel.textContent()).toMatch(/Patience[\s\S]*What you changed[\s\S]*Keep contacts/);
  await panel.getByRole('button', { name: 'Merge both, then look and save' }).click();
  await desk.editor.node('Patience').waitFor();
  await desk.editor.expectUnsaved(true);
  await desk.editor.save();
  const merged = await desk.product.call('getWorkflow', { params: { workflow: 'shared' } });
  expect(merged.workflow.nodes.map((node) => node.label)).toEqual(
    expect.arrayContaining(['Patience', 'Keep contacts']),
  );
  expect(desk.complaints).toEqual([expect.stringContaining('409')]);
});
