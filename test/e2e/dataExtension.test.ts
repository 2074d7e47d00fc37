import { expect, test } from 'vitest';
import type { Workflow } from '../../contract/workflow.ts';
import { startMarketingCloud } from '../../demo/marketing-cloud/index.ts';
import { openDesk } from '../harness/desk.ts';

const columns = [
  { name: 'subscriber_key', type: 'text' },
  { name: 'EMAILADDRESS', type: 'text' },
  { name: 'Points', type: 'integer' },
  { name: 'Shoe size', type: 'decimal' },
];
const file = { connection: 'files', path: 'people.csv' };
const workflow: Workflow = {
  formatVersion: 1,
  internalName: 'audience',
  label: 'Audience',
  nodes: [
    { id: 'load', type: 'load-file', name: 'load', label: 'People', x: 40, y: 40, config: { ...file, columns } },
    {
      id: 'send',
      type: 'data-extension',
      name: 'send',
      label: 'Send',
      x: 320,
      y: 40,
      config: { connection: 'cloud', mode: 'upsert' },
    },
  ],
  transitions: [{ id: 'all', from: 'load', port: 'success', to: 'send' }],
};
const role = {
  bucket: 'crm-imports',
  region: 'eu-central-1',
  auth: 'role',
  base: 'chain',
  roleArn: 'arn:aws:iam::123456789012:role/syncline',
  externalId: 'syncline-1f2e3d',
  principal: 'arn:aws:iam::210987654321:user/syncline',
};

const desk = openDesk({
  outside: { cloud: () => startMarketingCloud({ subscribers: 400 }) },
  async begin({ connect, product, cloud }) {
    const { url, clientId, clientSecret } = cloud;
    await connect('cloud', 'marketing-cloud', 'Cloud', { subdomain: url, clientId, clientSecret, accountId: '' });
    await connect('bucket', 's3', 'Bucket', role);
    await product.call('createWorkflow', { body: { workflow } });
  },
});

test('a person chooses a data extension from a list and maps it by name', async () => {
  await desk.editor.openWorkflow('audience');
  const panel = await desk.editor.settings('Send');
  await panel.write('Data extension', 'contacts');
  await desk.page.getByRole('option', { name: 'Subscribers' }).click();
  await desk.page.getByText('Data Extensions / CRM / Contacts · 400 rows · 10 columns').waitFor();
  await panel.press('Match same names');
  await desk.page.getByText('3 matched by name: Points, SubscriberKey, EmailAddress.').waitFor();
  await desk.page.getByText('primary key · Text 36').waitFor();
  const custom = desk.page.getByRole('region', { name: 'Custom attributes' });
  await custom.getByLabel('Custom attributes').last().click();
  await desk.page.getByRole('option', { name: 'Shoe size' }).click();
  await custom.getByText('The data extension has no column of this name').waitFor();
  await custom.getByRole('button', { name: 'Create what is missing' }).click();
  await custom.getByText('created when the node runs: Decimal 38,10, may be empty').waitFor();
  await desk.editor.expectSummary('Send', 'SUBSCRIBERS · add and update by SubscriberKey · 3 attributes');
  expect(desk.complaints).toEqual([]);
});

test('one without a primary key is refused with the reason, until it has one', async () => {
  await desk.editor.openWorkflow('audience');
  const panel = await desk.editor.settings('Send');
  await panel.write('Data extension', 'NEWSLETTER_SIGNUPS');
  await desk.page.keyboard.press('Escape');
  const alert = desk.page.getByRole('alert').filter({ hasText: 'No primary key' });
  await alert.getByText('no row of it can be found again').waitFor();
  const signUps = desk.cloud.org.byKey(desk.cloud.accountId, 'NEWSLETTER_SIGNUPS')!;
  signUps.fields[0]!.isPrimaryKey = true;
  await panel.press('Look again');
  await alert.waitFor({ state: 'detached' });
  await desk.page.getByText('primary key · EmailAddress').waitFor();
  signUps.fields[0]!.isPrimaryKey = false;
  expect(desk.complaints).toEqual([]);
});

test('the policies for a role are ready to copy, with who we are, the id and the bucket', async () => {
  await desk.editor.openWorkflow('audience');
  const panel = await desk.editor.settings('Send');
  await panel.pick('Delivery', 'File and import');
  await panel.choose('Files', 'Bucket');
  await desk.page.getByText('Prepare the bucket').click();
  const trust = desk.page.locator('pre').filter({ hasText: 'sts:AssumeRole' });
  expect(JSON.parse((await trust.textContent()) ?? '')).toMatchObject({
    Statement: [
      {
        Principal: { AWS: role.principal },
        Condition: { StringEquals: { 'sts:ExternalId': role.externalId } },
      },
    ],
  });
  await desk.page.locator('pre').filter({ hasText: 'arn:aws:s3:::crm-imports/*' }).waitFor();
  await desk.page.getByRole('button', { name: /^Copy: Create a role in IAM/ }).click();
  await desk.page.getByText('Copied').waitFor();
  expect(desk.complaints).toEqual([]);
});
