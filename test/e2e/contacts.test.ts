import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Window } from '../harness/browser.ts';
import { eventually, keepPictureOfFailure, openWindow, startBrowser } from '../harness/browser.ts';
import type { Contact } from '../harness/contacts.ts';
import { contactFields, contactsWorkflow, expectedContacts, splitByEmail } from '../harness/contacts.ts';
import { Editor } from '../harness/editor.ts';
import type { Organisation } from '../harness/organisation.ts';
import { startOrganisation } from '../harness/organisation.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';

/** Two people: ana, who draws in the browser, and the admin behind `product.call`. */
const ana = { name: 'ana', password: 'a long enough one' };
let folder: string;
let org: Organisation;
let product: Product;
let browser: Browser;
let window: Window;
let editor: Editor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-e2e-'));
  [org, product, browser] = await Promise.all([
    startOrganisation({ seed: 3, contacts: 4_000, clock: '2026-06-15T10:00:00Z' }),
    startProduct({ folder }),
    startBrowser(),
  ]);
  await product.call('createUser', { body: { ...ana, role: 'editor' } });
  const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret };
  await product.call('createConnection', { body: { name: 'crm', kind: 'salesforce', label: 'Sales', settings } });
  await product.call('verifyConnection', { params: { connection: 'crm' } });
  window = await openWindow(browser, product.url);
  editor = new Editor(window);
  await editor.signIn(ana.name, ana.password);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await org?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  window.complaints.length = 0;
  keepPictureOfFailure(window);
});

async function draw(): Promise<void> {
  await editor.createWorkflow('Contacts by hand');
  await editor.drag('Scheduler', { x: 130, y: 90 });
  await editor.rename('Scheduler', 'Every 15 minutes');
  await editor.addByKeyboard('crm', 'CRM Connector');
  await editor.rename('CRM Connector', 'Changed contacts');
  await editor.drag('Deduplication', { x: 760, y: 90 });
  await editor.rename('Deduplication', 'One per e-mail');
  await editor.press('Fit to view');
  await editor.connect('Changed contacts', 'Success', 'One per e-mail');
  await editor.continueWith('One per e-mail', 'Success', 'update', 'Update data');
  await editor.rename('Update data', 'Write contacts');
  await editor.press('Fit to view');
  await editor.drag('JavaScript code', { x: 480, y: 480 });
  await editor.rename('JavaScript code', 'Say how many');
  await editor.connectByKeyboard('Write contacts', 'Say how many');
  await editor.press('Tidy');
  await editor.press('Fit to view');
  await editor.expectTransitions('Every 15 minutes', 'Changed contacts', 1);
  await editor.expectTransitions('One per e-mail', 'Write contacts', 1);
}

async function configure(): Promise<void> {
  const scheduler = await editor.settings('Every 15 minutes');
  await scheduler.choose('Start', 'every few minutes');
  await scheduler.write('Every … minutes', '15');
  const starts = window.page.getByRole('region', { name: 'Next starts (UTC)' }).getByRole('listitem');
  await eventually(() => starts.count()).toBe(10);

  const crm = await editor.settings('Changed contacts');
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

  const deduplication = await editor.settings('One per e-mail');
  await deduplication.press('Add a key');
  await deduplication.find('Column', 'email', 'Email');
  await deduplication.choose('Compare', 'as e-mail address');
  await deduplication.choose('Which', 'the most recent');
  await deduplication.find('By', 'stamp', 'SystemModstamp');
  await deduplication.switchOn('Output for the duplicates');

  const update = await editor.settings('Write contacts');
  await update.write('Table', 'contacts_by_hand');
  await update.choose('Operation', 'Insert or update');
  await update.press('Add a key column');
  await update.find('Column', 'record', 'Record id');

  const code = await editor.settings('Say how many');
  await code.write('JavaScript', 'logInfo(vars.recCount + " written, up to " + vars.crmEndDate);');
}

/** As people of the organisation do; what they change gets the clock's present instant. */
async function change(...records: object[]): Promise<string[]> {
  const { ids } = (await org.control('records', records)) as { ids: string[] };
  return ids;
}
const step = (seconds: number) => org.control('clock', { advanceSeconds: seconds });
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

test('a workflow drawn on an empty canvas imports contacts, shows the duplicates, and next time only what changed', {
  timeout: 150_000,
}, async () => {
  await draw();
  await configure();
  const contacts = await org.query('SELECT Id FROM Contact WHERE Email != null ORDER BY Id LIMIT 6');
  const [first, second, ...others] = contacts.map(({ Id }) => ({ operation: 'update', object: 'Contact', id: Id }));
  // These lie within the look-back of the second run.
  await change(...others.map((record) => ({ ...record, values: { Title: 'Seen before' } })));
  await step(120);

  const firstRun = await editor.run();
  expect(await product.finished(firstRun)).toMatchObject({ state: 'succeeded', rejects: 0 });
  const imported = await expectedContacts(org);
  const { kept, duplicates } = splitByEmail(imported);
  await editor.expectRun('Succeeded');
  await editor.expectRows('Changed contacts → One per e-mail', imported.length);
  await editor.expectRows('One per e-mail → Write contacts', kept.length);
  await editor.expectRows('One per e-mail · Duplicates', duplicates.length);
  await editor.expectRows('Write contacts → Say how many', kept.length);
  await editor.expectLog(`${kept.length} written, up to 2026/06/15 10:01:00`);
  await expectDuplicates(duplicates);
  await expectCursor('2026/06/15 10:01:00', firstRun);

  const added = { LastName: 'Novák', Email: 'eva.novakova@new.example' };
  const changed = await change(
    { ...first, values: { MailingCity: 'Brno' } },
    { ...second, values: { Email: 'someone.new@new.example' } },
    { operation: 'create', object: 'Contact', values: added },
  );
  await step(90);
  await editor.openWorkflow('contactsByHand');
  const secondRun = await editor.run();
  expect(await product.finished(secondRun)).toMatchObject({ state: 'succeeded' });
  await editor.expectRows('Changed contacts → One per e-mail', 3);
  expect(await lookBackReads()).toBe(changed.length + others.length);
  const rows = await editor.openRows('Changed contacts → One per e-mail');
  await rows.expectCount(3);
  expect((await Promise.all([0, 1, 2].map((row) => rows.cell(row, 0)))).sort()).toEqual(changed.sort());
  await expectCursor('2026/06/15 10:02:30', secondRun);
  expect(window.complaints).toEqual([]);
});

/** Columns of the import: the record id, the index field, then the others as they were chosen. */
const shown = ['Id', 'SystemModstamp', ...contactFields.filter((name) => name !== 'Id' && name !== 'SystemModstamp')];

async function expectDuplicates(duplicates: readonly Contact[]): Promise<void> {
  const cell = (contact: Contact, field: string): string => contact[contactFields.indexOf(field as 'Id')] ?? 'null';
  const id = shown.indexOf('Id');
  const rows = await editor.openRows('One per e-mail · Duplicates');
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
  const response = await fetch(`${org.url}/__demo/requests`);
  const requests = (await response.json()) as { query: string }[];
  const query = requests.map(({ query }) => /^q=(SELECT Id.+SystemModstamp >=.+)$/.exec(query)?.[1]).findLast(Boolean);
  return (await org.query(query ?? '')).length;
}

/** The Options page says how far the import has come, and which run it was. */
async function expectCursor(value: string, run: string): Promise<void> {
  const name = 'LASTIMPORT_contactsByHand_changedContacts';
  await editor.goTo('Options');
  await window.page.getByRole('link', { name, exact: true }).click();
  const pane = window.page.getByRole('complementary', { name });
  await eventually(() => pane.getByLabel('Value').inputValue()).toBe(value);
  const latest = pane.getByRole('region', { name: 'History' }).getByRole('listitem').first();
  expect(await latest.getByText(value).count()).toBe(1);
  expect(await latest.getByRole('link').getAttribute('href')).toBe(`/runs/${run}`);
}

test('an import date is moved back where it is used, after it was said what that means', {
  timeout: 60_000,
}, async () => {
  await drawn('rewound');
  const name = 'LASTIMPORT_rewound_changedContacts';
  const date = '2026/06/15 09:00:00';
  await product.call('setOption', { params: { option: 'LASTIMPORT_rewound_formerly' }, body: { value: date } });
  await window.page.reload();
  const settings = await editor.settings('Changed contacts');
  await settings.press('Move it here');
  const place = window.page.getByRole('region', { name: 'Import date' });
  await place.getByText(date).first().waitFor();
  await settings.press('Move …');
  const dialog = window.page.getByRole('dialog', { name: 'Move the import date' });
  await dialog.getByRole('button', { name: '1 hour', exact: true }).click();
  await dialog.getByText('reads what changed since 2026/06/15 08:00:00').waitFor();
  await dialog.getByText(/that would be [\d,]+ records/).waitFor();
  await dialog.getByRole('button', { name: 'Rewind', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await place.getByText('1 hour back').waitFor();
  const { value, history } = await product.call('getOption', { params: { option: name } });
  expect([value, history[0]?.by, history[0]?.old]).toEqual([
    '2026/06/15 08:00:00',
    expect.stringContaining('ana'),
    date,
  ]);
  expect(window.complaints).toEqual([]);
});

/** A workflow that somebody has drawn before. */
async function drawn(internalName: string): Promise<void> {
  await product.call('createWorkflow', { body: { workflow: contactsWorkflow(internalName, 'crm') } });
  await editor.openWorkflow(internalName);
}

test('undo takes back a setting and a deletion, redo does them again', { timeout: 60_000 }, async () => {
  await drawn('undone');
  await editor.expectSummary('One per e-mail', 'keeps most recent · Email');
  const settings = await editor.settings('One per e-mail');
  await settings.write('Keep', '2');
  await editor.expectSummary('One per e-mail', 'keeps 2 most recent · Email');
  await editor.pressKeys('ControlOrMeta+z');
  await editor.expectSummary('One per e-mail', 'keeps most recent · Email');
  await editor.expectUnsaved(false);
  await editor.pressKeys('ControlOrMeta+Shift+z');
  await editor.expectSummary('One per e-mail', 'keeps 2 most recent · Email');

  await editor.expectTransitions('One per e-mail', 'Write contacts', 1);
  await editor.remove('Write contacts');
  await editor.press('Undo');
  await editor.expectTransitions('One per e-mail', 'Write contacts', 1);
  await editor.press('Redo');
  await editor.node('Write contacts').waitFor({ state: 'detached' });
  await editor.pressKeys('ControlOrMeta+z');
  await editor.pressKeys('ControlOrMeta+z');
  await editor.expectTransitions('One per e-mail', 'Write contacts', 1);
  await editor.expectUnsaved(false);
  expect(window.complaints).toEqual([]);
});

test('what is saved is there after a reload, and what was not saved is offered again', {
  timeout: 60_000,
}, async () => {
  await drawn('reloaded');
  await editor.select('Write contacts');
  await editor.rename('Write contacts', 'Keep contacts');
  const settings = await editor.settings('Keep contacts');
  await settings.write('Table', 'kept_contacts');
  await editor.expectUnsaved(true);
  await editor.save();
  const { workflow } = await product.call('getWorkflow', { params: { workflow: 'reloaded' } });
  expect(workflow.nodes).toContainEqual(
    expect.objectContaining({ label: 'Keep contacts', config: expect.objectContaining({ table: 'kept_contacts' }) }),
  );

  await window.page.reload();
  await editor.expectTransitions('One per e-mail', 'Keep contacts', 1);
  const again = await editor.settings('Keep contacts');
  expect(await again.field('Table').inputValue()).toBe('kept_contacts');
  await editor.expectUnsaved(false);

  await again.write('Table', 'others');
  await editor.expectUnsaved(true);
  await window.page.reload();
  await window.page.getByRole('button', { name: 'Restore them' }).click();
  await editor.expectUnsaved(true);
  expect(await (await editor.settings('Keep contacts')).field('Table').inputValue()).toBe('others');
  expect(window.complaints).toEqual([]);
});

test('who saves after somebody else sees both changes and can merge them', { timeout: 60_000 }, async () => {
  await drawn('shared');
  const { workflow, revision } = await product.call('getWorkflow', { params: { workflow: 'shared' } });
  const nodes = workflow.nodes.map((node) => (node.label === 'Wait 5 minutes' ? { ...node, label: 'Patience' } : node));
  await editor.select('Write contacts');
  await editor.rename('Write contacts', 'Keep contacts');
  await product.call('saveWorkflow', {
    params: { workflow: 'shared' },
    body: { workflow: { ...workflow, nodes }, revision },
  });
  await window.page.keyboard.press('ControlOrMeta+s');

  const panel = window.page.getByRole('region', { name: 'A newer version was saved' });
  await panel.getByText('What admin changed').waitFor();
  expect(await panel.textContent()).toMatch(/Patience[\s\S]*What you changed[\s\S]*Keep contacts/);
  await panel.getByRole('button', { name: 'Merge both, then look and save' }).click();
  await editor.node('Patience').waitFor();
  await editor.expectUnsaved(true);
  await editor.save();
  const merged = await product.call('getWorkflow', { params: { workflow: 'shared' } });
  expect(merged.workflow.nodes.map((node) => node.label)).toEqual(
    expect.arrayContaining(['Patience', 'Keep contacts']),
  );
  expect(window.complaints).toEqual([expect.stringContaining('409')]);
});
