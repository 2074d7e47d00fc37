/** The records that are there before an export, the rows that arrive, and what each of them asks for. */
import type { ExportConfig } from '../../nodes/crm-connector/exportConfig.ts';
import { exportDefaults } from '../../nodes/crm-connector/exportConfig.ts';
import type { Organisation } from '../harness/organisation.ts';
import { plainClient } from '../harness/organisation.ts';
import type { CrashCase } from './draw.ts';
import { kinds } from './draw.ts';

export const columns = ['row', 'id', 'key', 'last', 'title', 'department'] as const;
type ColumnName = (typeof columns)[number];

/** A contact as the organisation has it; of a row that arrives, what it wants it to be. */
export type Contact = Record<Exclude<ColumnName, 'row'>, string | null>;

const keyOf = (name: string, index: number): string => `${name} ${String(index).padStart(6, '0')}`;

/** All of a case are of one department, by which they are found again. */
export async function makeRecords(org: Organisation, name: string, { kind, rows }: CrashCase): Promise<Contact[]> {
  const there = kind.startsWith('insert') ? 0 : kind === 'upsert' || kind === 'automatic' ? Math.floor(rows / 2) : rows;
  const values = Array.from({ length: there }, (_, index) => ({
    LastName: `person ${index}`,
    Title: 'old',
    Department: name,
    External_Id__c: keyOf(name, index),
  }));
  if (there > 0)
    await org.control(
      'records',
      values.map((one) => ({ operation: 'create', object: 'Contact', values: one })),
    );
  return readRecords(org, name);
}

export async function readRecords(org: Organisation, name: string): Promise<Contact[]> {
  // With a session of its own: that of before may have ended.
  const found = await plainClient(org).query(
    `SELECT Id, External_Id__c, LastName, Title, Department FROM Contact WHERE Department = '${name}' ORDER BY External_Id__c`,
  );
  return found.map((one) => ({
    id: String(one.Id),
    key: one.External_Id__c as string | null,
    last: one.LastName as string | null,
    title: one.Title as string | null,
    department: one.Department as string | null,
  }));
}

/** What becomes of a row that nothing keeps from it. */
export type Expected = 'created' | 'updated' | 'deleted' | 'unchanged' | 'NO_MATCH';

export interface ArrivingRow {
  row: Contact;
  expected: Expected;
}

/** Records without a key are equal now and then; some rows mean a record that is not there. */
export function makeRows(department: string, { kind, rows }: CrashCase, before: readonly Contact[]): ArrivingRow[] {
  const mayMiss = kind.startsWith('update') || kind === 'delete';
  return Array.from({ length: rows }, (_, index): ArrivingRow => {
    const there = before[index];
    if (there && mayMiss && index % 50 === 17)
      return { row: { ...there, ...missing(index), title: 'new' }, expected: 'NO_MATCH' };
    const title = index % 7 === 3 ? (there?.title ?? 'new') : 'new';
    if (there) return { row: { ...there, title }, expected: kind === 'delete' ? 'deleted' : changeOf(there, title) };
    const twin = kind === 'insert' || kind === 'automatic' ? Math.floor(index / 2) : index;
    const key = kind === 'insert by key' || kind === 'upsert' ? keyOf(department, index) : null;
    return { row: { id: null, key, last: `person ${twin}`, title, department }, expected: 'created' };
  });
}

const changeOf = ({ title }: Contact, wanted: string): Expected => (title === wanted ? 'unchanged' : 'updated');

/** An id and a key that no record has. */
const missing = (index: number) => ({
  id: `003zzzzzzz${String(index).padStart(5, '0')}`,
  key: `nobody ${index}`,
});

/** Columns by field. */
type Mapped = Record<string, ColumnName>;

/** The part of the settings that differs from those of any export of contacts. */
export function settingsOf({ kind, batches }: CrashCase): { operation: 'export' | 'delete'; export: ExportConfig } {
  const { operation, mode, key } = kinds[kind];
  const record: Mapped = { LastName: 'last', Title: 'title', Department: 'department' };
  const byKey: Mapped = key === '' ? {} : { External_Id__c: 'key' };
  const own: Mapped = key === 'Id' ? { Id: 'id' } : byKey;
  const changed: Mapped = kind.startsWith('update') ? { Title: 'title' } : record;
  const fields = operation === 'delete' ? {} : changed;
  return {
    operation,
    export: {
      ...exportDefaults,
      mode,
      key,
      mapping: Object.entries({ ...own, ...fields }).map(([field, column]) => ({
        field,
        label: field,
        type: 'text',
        source: { kind: 'column', column },
        conversion: 'default',
        empty: 'keep',
        onlyIf: '',
      })),
      batches,
      // Nobody is there to be asked.
      approval: { ...exportDefaults.approval, deletes: null },
    },
  };
}
