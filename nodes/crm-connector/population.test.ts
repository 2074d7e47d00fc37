import { describe, expect, it } from 'vitest';
import type { Cell } from '../../contract/types.ts';
import { engineWithDemo } from '../../test/harness/engineWithDemo.ts';
import type { CrmConfig, ImportField } from './config.ts';
import { defaults } from './config.ts';

const { engine, org } = await engineWithDemo({ contacts: 2_500, clock: '2026-07-01T12:00:00Z' });

const field = (name: string): ImportField => ({ name, label: name, type: 'text', conversion: 'default' });
const config: CrmConfig = {
  ...defaults,
  connection: 'demo',
  object: 'Contact',
  fields: [field('LastName'), field('Email')],
  source: 'population',
  population: { column: 'crm', keep: ['segment', 'Email'] },
};
const columns = [
  { name: 'crm', type: 'text' as const },
  { name: 'segment', type: 'text' as const },
  { name: 'Email', type: 'text' as const },
];
const importing = (rows: Cell[][], more: Partial<CrmConfig> = {}) =>
  engine
    .flow({ contacts: { type: 'crm-connector', config: { ...config, ...more } } }, ['input -> contacts'])
    .withRows('input', columns, rows);
const someIds = async (count: number): Promise<string[]> =>
  (await org.query(`SELECT Id FROM Contact ORDER BY Id LIMIT ${count}`)).map((row) => String(row.Id));

describe('an import by the population that arrives', () => {
  it('reads its records beside the columns that are kept, and each row stays the record it is in the run', async () => {
    const [first = '', second = ''] = await someIds(2);
    const run = await importing([
      [second, 'gold', 'own@example.org'],
      [first, 'blue', null],
    ]).finished();
    const [a, b] = await org.query(
      `SELECT Id, LastName, Email FROM Contact WHERE Id IN ('${first}','${second}') ORDER BY Id`,
    );
    expect(await run.rows('contacts.success')).toEqual([
      { Id: second, LastName: b?.LastName, Email: b?.Email, segment: 'gold', _Email: 'own@example.org' },
      { Id: first, LastName: a?.LastName, Email: a?.Email, segment: 'blue', _Email: null },
    ]);
    expect(await run.rids('contacts.success')).toEqual(await run.rids('input.success'));
    expect(run.vars('contacts')).toMatchObject({ recCount: 2 });
  });

  it('takes ids of 15 characters, and ids whose case was lost, for what they are, and reads each once', async () => {
    const [id = ''] = await someIds(1);
    const run = await importing([
      [id.slice(0, 15), 'short', null],
      [` ${id.toLowerCase()} `, 'folded', null],
      [id, 'whole', null],
    ]).finished();
    const rows = await run.rows('contacts.success');
    expect(rows.map((row) => [row.Id, row.segment])).toEqual([
      [id, 'short'],
      [id, 'folded'],
      [id, 'whole'],
    ]);
  });

  it('rejects by name what is no id, what is empty, and what matches no record, with the row as it came', async () => {
    const [id = ''] = await someIds(1);
    const unknown = '003000000000009AAA';
    const run = await importing([
      ['not an id', 'a', null],
      [null, 'b', null],
      [unknown, 'c', null],
      [id, 'd', null],
      ['003000000000009AA9', 'e', null],
    ]).finished();
    expect(run.state).toBe('succeeded with rejects');
    expect(run.counts).toMatchObject({ 'contacts.success': 1, 'contacts.reject': 4 });
    const rejects = await run.rows('contacts.reject');
    expect(rejects.map((row) => [row.segment, row.errorCode, row.errorFields]).sort()).toEqual([
      ['a', 'RECORD_ID_INVALID', 'crm'],
      ['b', 'KEY_EMPTY', 'crm'],
      ['c', 'NO_MATCH', 'Id'],
      ['e', 'RECORD_ID_INVALID', 'crm'],
    ]);
    expect(rejects.find((row) => row.segment === 'c')?.errorMessage).toContain(unknown);
  });

  it('does not see deleted records, unless it asks for all elements', async () => {
    const [, , , deleted = ''] = await someIds(4);
    await org.control('records', [{ operation: 'delete', object: 'Contact', id: deleted }]);
    expect((await importing([[deleted, 'x', null]]).finished()).counts['contacts.reject']).toBe(1);
    const all = await importing([[deleted, 'x', null]], { everything: true }).finished();
    expect((await all.rows('contacts.success')).map((row) => row.Id)).toEqual([deleted]);
  });

  it('rejects a record that cannot be read, for its own reason', async () => {
    const ids = await someIds(3);
    await org.control('faults', { kind: 'malformed-rows', match: { path: '/services/data/v60.0/query' }, times: 1 });
    const run = await importing(ids.map((id) => [id, 'x', null])).finished();
    const rejects = await run.rows('contacts.reject');
    expect(rejects.length).toBeGreaterThan(0);
    expect(rejects.map((row) => row.errorCode)).toEqual(rejects.map(() => 'RECORD_MALFORMED'));
    expect((run.counts['contacts.success'] ?? 0) + rejects.length).toBe(3);
  });

  it('goes on behind the last ids it has read when an attempt dies, and doubles nothing', async () => {
    const ids = await someIds(2_400);
    const rows = ids.map((id, index) => [id, String(index), null]);
    await org.control('faults', { kind: 'html', match: { path: '/services/data/v60.0/query' }, after: 3, times: 9 });
    const run = await importing(rows)
      .with('contacts', { retry: { attempts: 3, delay: 0, maxDelay: 0 } })
      .finished();
    expect(run.task('contacts').attempt).toBeGreaterThan(1);
    expect((await run.rows('contacts.success')).map((row) => [row.Id, row.segment])).toEqual(
      ids.map((id, index) => [id, String(index)]),
    );
  });

  it('is refused by name without rows, or without its column', async () => {
    const bare = engine.flow({ start: { type: 'start' }, contacts: { type: 'crm-connector', config } }, [
      'start -> contacts',
    ]);
    expect(bare.problems()[0]).toMatchObject({ code: 'COLUMN_UNKNOWN', path: 'population.column' });
    const alone = engine.flow({ contacts: { type: 'crm-connector', config } }, []);
    expect(alone.problems()).toMatchObject([{ code: 'INPUT_MISSING', nodeId: 'contacts' }]);
    const wrong = importing([['x', 'y', null]], { population: { column: 'gone', keep: [] } });
    expect(wrong.problems()).toMatchObject([{ code: 'COLUMN_UNKNOWN', path: 'population.column' }]);
  });
});
