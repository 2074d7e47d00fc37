/** Two runs of one workflow at once, of rows that have no key in the CRM. */
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../contract/types.ts';
import { exportTests, mapped } from '../../../test/harness/exports.ts';
import { passTime } from '../../../test/harness/passTime.ts';

const { engine, org, flow } = await exportTests(20, 15);
const types: Record<string, ColumnType> = { key: 'text', name: 'text' };

describe('inserting without a key in two runs at once', () => {
  it('makes one record for each value of the column', async () => {
    const onlyChanged = { enabled: true, column: 'key', again: false };
    const settings = { mode: 'insert' as const, mapping: [mapped('LastName', 'name')], onlyChanged };
    const rows = [{ key: 'at-once', name: 'At Once' }];
    const drawn = () => flow(types, rows, settings).named('two_at_once').under({ concurrency: 'parallel' });
    const sent = Promise.withResolvers<void>();
    const other = Promise.withResolvers<void>();
    let calls = 0;
    const first = await drawn()
      .watched('send', {
        async onCall(call) {
          if (call !== 'delivered') return;
          calls += 1;
          if (calls !== 2) return;
          sent.resolve();
          await other.promise;
        },
      })
      .started();
    await sent.promise;
    const second = await drawn().started();
    expect((await second.reached('send', 'waiting')).task('send')).toMatchObject({ attempt: 1 });
    other.resolve();
    await passTime(engine, first, 'send', 730_000);
    expect((await passTime(engine, second, 'send', 730_000)).error).toMatchObject({ code: 'SENT_MEANWHILE' });
    expect(await org().query("SELECT LastName FROM Contact WHERE LastName = 'At Once'")).toHaveLength(1);
  });

  it('makes one record also where both have looked for the other before either says that it sends', async () => {
    const onlyChanged = { enabled: true, column: 'key', again: false };
    const settings = { mode: 'insert' as const, mapping: [mapped('LastName', 'name')], onlyChanged };
    const both = Promise.withResolvers<void>();
    let arrived = 0;
    const drawn = () =>
      flow(types, [{ key: 'the-instant', name: 'The Instant' }], settings)
        .named('the_instant')
        .under({ concurrency: 'parallel' })
        .watched('send', {
          async onCall(call) {
            if (call !== 'keepExport') return;
            arrived += 1;
            if (arrived === 2) both.resolve();
            await both.promise;
          },
        });
    const runs = await Promise.all([drawn().started(), drawn().started()]);
    const ended = await Promise.all(runs.map((run) => passTime(engine, run, 'send', 730_000)));
    expect(ended.map(({ error }) => error?.code ?? null).sort()).toEqual(['SENT_MEANWHILE', null]);
    expect(await org().query("SELECT LastName FROM Contact WHERE LastName = 'The Instant'")).toHaveLength(1);
    expect(await engine.parts.db('exports').where({ workflow_name: 'the_instant' }).orderBy('stage')).toMatchObject([
      { stage: 'planned', open_doubt: 0 },
      { stage: 'settled' },
    ]);
  });
});
