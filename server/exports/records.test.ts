import { expect, it } from 'vitest';
import { exportRecordColumns } from '../../contract/exports.ts';
import type { Cell } from '../../contract/types.ts';
import { createTelling, toRowQuery } from './records.ts';
import type { ExportRow } from './rows.ts';

const older = exportRecordColumns.filter(({ name }) => name !== 'name');
const row = {
  stage: 'settled',
  fields: '[]',
  tables: JSON.stringify({ records: { columns: older } }),
} as ExportRow;
const marks = { all: [], find: () => null };

it('an export that was kept before records had names is told without them, and searched in what it has', () => {
  const kept: Record<string, Cell> = { _row: 3, action: 'create', outcome: 'created', key: 'K3' };
  const cells = older.map(({ name }) => kept[name] ?? null);
  expect(createTelling(row, marks, true)(cells)).toMatchObject({ row: 3, name: null, key: '•••', reject: null });
  const searched = JSON.stringify(toRowQuery(row, marks, { search: 'K3' }));
  expect(searched).toContain('"key"');
  expect(searched).not.toContain('"name":"name"');
});
