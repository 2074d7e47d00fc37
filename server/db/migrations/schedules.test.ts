import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { openControl } from '../control.ts';
import { findMigrations } from '../migrate.ts';

it('a schedule of an older Syncline keeps what is due, and becomes a plan', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-migrations-'));
  const migrations = await findMigrations();
  const old = migrations.filter(({ name }) => name < '0004');
  const before = await openControl(folder, { clock: systemClock, migrations: old });
  const next_at = '2026-03-02T09:00:00.000Z';
  const kept = {
    workflow_id: 'w',
    node_id: 'n',
    version: 3,
    time_zone: 'UTC',
    overlap: 'skip',
    catch_up: 'last',
    next_at,
  };
  await before('schedules').insert({ ...kept, cron: '0 9 * * *' });
  await before.destroy();
  const after = await openControl(folder, { clock: systemClock });
  const [row] = await after('schedules');
  await after.destroy();
  await rm(folder, { recursive: true });
  expect(row).toMatchObject({ ...kept, catch_up_hours: null, late_after: null, starts: 0 });
  expect(JSON.parse(row.plan)).toEqual({
    timing: { kind: 'cron', cron: '0 9 * * *' },
    validity: { from: null, to: null, runs: null },
  });
});
