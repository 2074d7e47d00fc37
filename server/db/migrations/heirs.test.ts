import { expect, it } from 'vitest';
import { makeDatabase } from '../../../test/harness/database.ts';
import { listWaiting } from '../../signals/waiting.ts';
import { systemClock } from '../clock.ts';
import { openControl } from '../control.ts';
import { findMigrations } from '../migrate.ts';

const at = '2026-03-02T09:00:00.000Z';

it.each([
  ['SQLite', false],
  ['PostgreSQL', true],
])(
  'on %s, events of a run that an older Syncline made anew wait only where that did not succeed either',
  async (_, postgres) => {
    const database = await makeDatabase({ postgres, fresh: true });
    const old = (await findMigrations()).filter(({ name }) => name < '0019');
    const before = await openControl(database.place, { clock: systemClock, migrations: old });
    const run = (id: string, state: string) => ({
      ...{ id, state, workflow_name: 'w', workflow_label: 'w', origin: '{}', created_at: at },
    });
    const who = { created_at: at, created_by: 'me', updated_at: at, updated_by: 'me' };
    await before('workflows').insert({ id: 'w', internal_name: 'w', label: 'w', draft: '{}', revision: 1, ...who });
    await before('runs').insert([
      ...[run('r1', 'failed'), run('r2', 'succeeded')],
      ...[run('r3', 'failed'), run('r4', 'stopped')],
      run('r5', 'failed'),
    ]);
    const task = (id: string, run_id: string, signal_id: string) => ({
      ...{ id, run_id, signal_id, node_id: 'n', state: 'succeeded', pass: 1, due: at, created_at: at },
    });
    await before('tasks').insert([
      ...[task('t1', 'r1', 's1'), task('t2', 'r2', 's1')],
      ...[task('t3', 'r3', 's3'), task('t4', 'r4', 's3')],
      task('t5', 'r5', 's5'),
    ]);
    const signal = (id: string, run_id: string, batch: string | null) => ({
      ...{ id, run_id, batch, name: 'w', hook: 'w', workflow_id: 'w', parameters: '{}', complete: true, by: 'w' },
      ...{ received_at: at, state: 'taken' },
    });
    await before('signals').insert([
      ...[signal('s1', 'r1', 's1'), signal('s2', 'r1', 's1')],
      ...[signal('s3', 'r3', 's3'), signal('s4', 'r3', 's3')],
      signal('s5', 'r5', null),
    ]);
    await before.destroy();
    const after = await openControl(database.place, { clock: systemClock });
    const held = await after('signals').orderBy('id').select('run_id');
    const waiting = await listWaiting(after);
    await after.destroy();
    await database.drop();
    expect(held.map(({ run_id }) => run_id)).toEqual(['r2', 'r2', 'r4', 'r4', 'r5']);
    expect(waiting).toMatchObject([{ calls: 3, left: 3, leftRun: 'r5' }]);
  },
);
