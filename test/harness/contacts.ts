/** The workflow of the Adobe document, as a file, and what it must give, computed by a plain script. */
import { readFileSync } from 'node:fs';
import type { Workflow } from '../../contract/workflow.ts';
import type { Organisation } from './organisation.ts';

/** The sample "Contacts from Salesforce", under another name and into tables of its own. */
export function contactsWorkflow(internalName: string, connection = 'demo_salesforce'): Workflow {
  const sample = JSON.parse(
    readFileSync(new URL('../../demo/workflows/contacts-from-salesforce.json', import.meta.url), 'utf8'),
  ) as Workflow;
  const nodes = sample.nodes.map((node) => {
    if (node.type === 'crm-connector') return { ...node, config: { ...node.config, connection } };
    if (node.type === 'update-data')
      return { ...node, config: { ...node.config, table: `${internalName}_${String(node.config.table)}` } };
    return node;
  });
  return { ...sample, internalName, label: internalName, nodes };
}

export const contactFields = [
  'Id',
  'FirstName',
  'LastName',
  'Email',
  'Birthdate',
  'AnnualValue__c',
  'MailingCity',
  'Account.Name',
  'SystemModstamp',
] as const;
/** Cells in the order of `contactFields`. */
export type Contact = (string | null)[];

/** Contacts with an e-mail address, as canonical texts, in the order of the cursor. */
export async function expectedContacts(org: Pick<Organisation, 'query'>): Promise<Contact[]> {
  const records = await org.query(`SELECT ${contactFields.join(', ')} FROM Contact WHERE Email != null`);
  const rows = records.map((record) =>
    contactFields.map((field) =>
      asText(
        field,
        field.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], record),
      ),
    ),
  );
  return rows.sort((a, b) => compare(a[8], b[8]) || compare(a[0], b[0]));
}

function asText(field: string, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return field === 'SystemModstamp' ? new Date(String(value)).toISOString() : String(value);
}

const compare = (a: string | null | undefined, b: string | null | undefined): number =>
  (a ?? '') < (b ?? '') ? -1 : (a ?? '') > (b ?? '') ? 1 : 0;

/** One per normalised address, the one changed last, whose id stands behind its duplicates; of two changed in the same second the one that was read first. */
export function splitByEmail(rows: readonly Contact[]): { kept: Contact[]; duplicates: Contact[] } {
  const groups = Map.groupBy(
    rows.filter((row) => keyOf(row) !== ''),
    keyOf,
  );
  const best = new Map(
    [...groups].map(([key, group]) => [key, group.reduce((kept, row) => (compare(row[8], kept[8]) > 0 ? row : kept))]),
  );
  const keptFor = (row: Contact): Contact => best.get(keyOf(row)) ?? row;
  return {
    kept: rows.filter((row) => keptFor(row) === row),
    duplicates: rows.filter((row) => keptFor(row) !== row).map((row) => [...row, keptFor(row)[0] ?? null]),
  };
}

const keyOf = (row: Contact): string => (row[3] ?? '').trim().normalize('NFC').toLowerCase();

/** Rows as they come from an interface or a file, as sorted texts that can be compared. */
export function asSet(rows: readonly (readonly unknown[])[]): string[] {
  return rows
    .map((row) => JSON.stringify(row.map((cell) => (cell === null || cell === undefined ? null : String(cell)))))
    .sort();
}
