import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serializeWorkflow } from '../../contract/workflow.ts';
import type { Contact } from '../harness/contacts.ts';
import { asSet, contactFields, contactsWorkflow, expectedContacts, splitByEmail } from '../harness/contacts.ts';
import type { Organisation } from '../harness/organisation.ts';
import { startOrganisation } from '../harness/organisation.ts';

const program = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const demo = ['--demo', '--demo-seed', '11', '--demo-contacts', '20000'];
const limits = { maxBuffer: 256 * 1024 * 1024 };
let folder: string;
let org: Organisation;

const syncline = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args], limits);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-flow-'));
  org = await startOrganisation({ seed: 11, contacts: 20_000 });
});
afterAll(async () => {
  await org.stop();
  await rm(folder, { recursive: true, force: true });
});

async function records(port: string, fields: readonly string[] = contactFields): Promise<Contact[]> {
  const { stdout } = await syncline('records', 'last', port, '--data', folder, '--format', 'json');
  const rows = JSON.parse(stdout) as Record<string, string | null>[];
  return rows.map((row) => fields.map((field) => row[field] ?? null));
}

describe('the contacts workflow as a file', () => {
  test('gives, for 20,000 contacts, every count and every row that a plain script computes from the organisation', async () => {
    const file = join(folder, 'contacts.json');
    await writeFile(file, serializeWorkflow(contactsWorkflow('contacts')));
    const { stdout } = await syncline('run', file, '--data', folder, ...demo, '--json');
    const report = JSON.parse(stdout) as {
      state: string;
      ports: Record<string, number>;
      options: Record<string, string>;
      nodes: Record<string, { attempts: number }>;
    };
    const imported = await expectedContacts(org);
    const { kept, duplicates } = splitByEmail(imported);

    expect(report.state).toBe('succeeded');
    expect(report.ports).toMatchObject({
      'changedContacts.success': imported.length,
      'changedContacts.reject': 0,
      'onePerEmail.success': kept.length,
      'onePerEmail.duplicates': duplicates.length,
    });
    expect(duplicates.length).toBeGreaterThan(100);
    expect(Object.keys(report.options)).toEqual(['LASTIMPORT_contacts_changedContacts']);
    expect(asSet(await records('changedContacts.success'))).toEqual(asSet(imported));
    expect(asSet(await records('onePerEmail.success'))).toEqual(asSet(kept));
    const withKept = [...contactFields, 'kept_Id'];
    expect(asSet(await records('onePerEmail.duplicates', withKept))).toEqual(asSet(duplicates));
    expect(asSet(await records('writeContacts.success'))).toEqual(asSet(kept));
  });
});
