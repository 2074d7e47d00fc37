/** An export that leaves the rest by Error, and dies before anybody knows that it has. */
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../contract/types.ts';
import { exportTests, mapped } from '../../../test/harness/exports.ts';
import type { InterruptibleCall } from '../../../test/harness/interruptions.ts';
import { passTime } from '../../../test/harness/passTime.ts';

const { engine, org, flow } = await exportTests(20, 14);
const types: Record<string, ColumnType> = { name: 'text' };

describe('what leaves by Error because it was not sent', () => {
  it.each([
    ['table', 8],
    ['keepExport', 2],
  ] as [InterruptibleCall, number][])('is sent by no later attempt either (%s %i)', async (call, number) => {
    const names = ['x', 'y'].map((one) => `Rest ${call} ${one}`);
    const settings = { mode: 'insert' as const, mapping: [mapped('LastName', 'name')], processErrors: true };
    await org().control('faults', {
      kind: 'limit',
      match: { path: '/services/data/v60.0/jobs/ingest', method: 'POST' },
      times: 1,
    });
    const rows = names.map((name) => ({ name }));
    const started = await flow(types, rows, settings).interrupted('send', { call, number, when: 'after' }).started();
    const run = await passTime(engine, started, 'send', 730_000);
    const left = (run.counts['send.error'] ?? 0) > 0 ? (await run.rows('send.error')).map(({ name }) => name) : [];
    const made = await org().query(
      `SELECT LastName FROM Contact WHERE LastName LIKE 'Rest ${call} %' ORDER BY LastName`,
    );
    expect(run.task('send').attempt).toBeGreaterThan(1);
    expect([...left, ...made.map(({ LastName }) => LastName)].sort()).toEqual(names);
  });
});
