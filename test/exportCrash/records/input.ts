/** The records that are there before an export, the rows that arrive, and what each of them asks for. */
import type { ExportConfig } from '../../../nodes/crm-connector/exportConfig.ts';
import { exportDefaults } from '../../../nodes/crm-connector/exportConfig.ts';
import type { CrashCase } from './crashCase.ts';
import { kinds } from './crashCase.ts';
import type { CrmRemote, Person } from './remote.ts';

export const columns = ['row', 'id', 'key', 'last', 'title', 'department'] as const;
type ColumnName = (typeof columns)[number];

const keyOf = (name: string, index: number): string => `${name} ${String(index).padStart(6, '0')}`;

/** Of records that nothing is sent of. */
const besideOf = (name: string): string => `beside ${name}`;
const besideCount = 40;

export interface Before {
  /** Of the department of the case. */
  records: Person[];
  /** Beside them: they stay as they are, down to their version. */
  beside: string[];
}

export async function makeRecords(crm: CrmRemote, name: string, { kind, rows }: CrashCase): Promise<Before> {
  const there = kind.startsWith('insert') ? 0 : kind === 'upsert' || kind === 'automatic' ? Math.floor(rows / 2) : rows;
  const make = (department: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      key: keyOf(department, index),
      last: `person ${index}`,
      title: 'old',
      department,
    }));
  await crm.create([...make(name, there), ...make(besideOf(name), besideCount)]);
  return { records: await crm.read(name), beside: await readBeside(crm, name) };
}

export const readBeside = (crm: CrmRemote, name: string): Promise<string[]> => crm.texts(besideOf(name));

/** What becomes of a row that nothing keeps from it. */
type Expected = 'created' | 'updated' | 'deleted' | 'unchanged' | 'NO_MATCH' | 'VALUE_TAKEN';

export interface ArrivingRow {
  row: Person;
  expected: Expected;
}

/** Records without a key are equal now and then; some rows mean a record that is not there, or take another one's key. */
export function makeRows(
  crm: CrmRemote,
  department: string,
  { kind, rows, takesKeys }: CrashCase,
  before: readonly Person[],
): ArrivingRow[] {
  const mayMiss = kind.startsWith('update') || kind === 'delete';
  return Array.from({ length: rows }, (_, index): ArrivingRow => {
    const there = before[index];
    if (there && mayMiss && index % 50 === 17)
      return {
        row: { ...there, id: crm.missingId(index), key: `nobody ${index}`, title: 'new' },
        expected: 'NO_MATCH',
      };
    const taken = takesKeys && index % 97 === 61 ? keyOf(besideOf(department), index % besideCount) : null;
    const title = index % 7 === 3 && taken === null ? (there?.title ?? 'new') : 'new';
    if (there && taken !== null) return { row: { ...there, key: taken, title }, expected: 'VALUE_TAKEN' };
    if (there) return { row: { ...there, title }, expected: kind === 'delete' ? 'deleted' : changeOf(there, title) };
    const twin = kind === 'insert' || kind === 'automatic' ? Math.floor(index / 2) : index;
    const key = kind === 'insert by key' || kind === 'upsert' ? keyOf(department, index) : taken;
    const expected = taken === null ? 'created' : 'VALUE_TAKEN';
    return { row: { id: null, key, last: `person ${twin}`, title, department }, expected };
  });
}

const changeOf = ({ title }: Person, wanted: string): Expected => (title === wanted ? 'unchanged' : 'updated');

/** Columns by field. */
type Mapped = Record<string, ColumnName>;

/** The part of the settings that differs from those of any export of the object. */
export function settingsOf(
  { fields }: CrmRemote,
  { kind, batches, takesKeys }: CrashCase,
): { operation: 'export' | 'delete'; export: ExportConfig } {
  const { operation, mode, key } = kinds[kind];
  const record: Mapped = { [fields.last]: 'last', [fields.title]: 'title', [fields.department]: 'department' };
  const byKey: Mapped = key === 'key' || takesKeys ? { [fields.key]: 'key' } : {};
  const byId: Mapped = key === 'Id' ? { Id: 'id' } : {};
  const changed: Mapped = kind.startsWith('update') ? { [fields.title]: 'title' } : record;
  const others = operation === 'delete' ? {} : changed;
  return {
    operation,
    export: {
      ...exportDefaults,
      mode,
      key: key === 'key' ? fields.key : key,
      mapping: Object.entries({ ...byId, ...byKey, ...others }).map(([field, column]) => ({
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
