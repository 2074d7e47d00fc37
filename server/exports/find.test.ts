import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserError } from '../../contract/errors.ts';
import type { TestDatabase } from '../../test/harness/database.ts';
import { makeDatabase } from '../../test/harness/database.ts';
import { systemClock } from '../db/clock.ts';
import { openControl } from '../db/control.ts';
import type { Db } from '../db/transaction.ts';
import { readSteady } from './find.ts';
import type { ExportRow } from './rows.ts';

let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  database = await makeDatabase();
  db = await openControl(database.place, { clock: systemClock });
  await db('exports').insert(row);
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

const at = '2026-07-01T12:00:00.000Z';
const row: Partial<ExportRow> = {
  ...{ id: 'e1', run_id: 'r1', workflow_name: 'w', workflow_label: 'W', node_id: 'n', node_label: 'N' },
  ...{ connection: 'c', object: 'Contact', object_label: 'Contact', operation: 'update', stage: 'sending' },
  ...{ counts: '{}', fields: '[]', remarks: '[]', tables: 'first', open_doubt: 0, open_rejects: 0 },
  ...{ vars: '{}', instance_vars: '{}', created_at: at, updated_at: at },
};
const lost = () => new UserError('WORK_TABLE_LOST', { table: 'w1', reason: 'the table is gone' });

it('an export whose tables went while they were read is read anew, with those that it has now', async () => {
  const seen: string[] = [];
  const read = readSteady(db, 'e1', async ({ tables }) => {
    seen.push(tables);
    if (seen.length > 1) return tables;
    await db('exports').where({ id: 'e1' }).update({ tables: 'second' });
    throw lost();
  });
  expect(await read).toBe('second');
  expect(seen).toEqual(['first', 'second']);
});

it('tables that are lost for good are an error', async () => {
  let reads = 0;
  const read = readSteady(db, 'e1', async () => {
    reads += 1;
    throw lost();
  });
  await expect(read).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
  expect(reads).toBe(1);
});
