import { describe, expect, it } from 'vitest';
import { formatCursor } from '../../contract/run.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { changeOption } from '../../server/options/options.ts';
import { engineWithDemo } from '../../test/harness/engineWithDemo.ts';
import type { CrmConfig } from './config.ts';
import { defaults } from './config.ts';

// The product's clock and the organisation's tell the same time: 30 days back are counted from the first.
const { engine, demo, org } = await engineWithDemo({ contacts: 400 });

const importing = (deleted: Partial<CrmConfig['deleted']>, properties: object = {}) =>
  engine.flow(
    {
      gone: {
        type: 'crm-connector',
        config: {
          ...defaults,
          operation: 'deleted',
          connection: 'demo',
          object: 'Contact',
          deleted: { ...defaults.deleted, ...deleted },
        },
        ...properties,
      },
    },
    [],
  );
const day = (daysBack: number): string => new Date(demo.org.clock.now() - daysBack * 86_400_000).toISOString();

/** Makes contacts and deletes them at once, and gives their ids. */
async function remove(count: number): Promise<string[]> {
  const made = Array.from({ length: count }, () => ({
    operation: 'create',
    object: 'Contact',
    values: { LastName: 'Brief' },
  }));
  const { ids } = (await org.control('records', made)) as { ids: string[] };
  await org.control(
    'records',
    ids.map((id) => ({ operation: 'delete', object: 'Contact', id })),
  );
  return ids;
}
const requests = async (): Promise<{ path: string }[]> =>
  (await (await fetch(`${demo.url}/__demo/requests`)).json()) as { path: string }[];

describe('deletions between two dates', () => {
  it('are imported with id and date, a day without a time being the whole day of the zone', async () => {
    const ids = await remove(3);
    await org.control('clock', { advanceSeconds: 180 });
    const today = day(0).slice(0, 10);
    const run = await importing({ from: day(2).slice(0, 10), to: today }, { timeZone: 'UTC' }).finished();
    const rows = await run.rows('gone.success');
    expect(Object.keys(rows[0] ?? {})).toEqual(['Id', 'DeletedDate']);
    expect(rows.map((row) => row.Id)).toEqual(expect.arrayContaining(ids));
    expect(rows.every((row) => /^\d{4}-\d\d-\d\dT.*Z$/.test(String(row.DeletedDate)))).toBe(true);
    expect(run.counts).toEqual({ 'gone.success': rows.length });
  });

  it('take dates of a template, as text or as Date', async () => {
    const run = await importing({ from: '<%= new Date(Date.now() - 86400000) %>', to: '<%= new Date() %>' }).finished();
    expect([run.state, run.error]).toEqual(['succeeded', null]);
  });

  it('leave out what was deleted in the same minute before the start or after the end', async () => {
    const [first] = await remove(1);
    await org.control('clock', { advanceSeconds: 20 });
    const from = day(0);
    const [second] = await remove(1);
    const to = day(0);
    await org.control('clock', { advanceSeconds: 20 });
    const [third] = await remove(1);
    await org.control('clock', { advanceSeconds: 180 });
    const found = (await (await importing({ from, to }).finished()).rows('gone.success')).map((row) => row.Id);
    expect(found).toContain(second);
    expect(found).not.toContain(first);
    expect(found).not.toContain(third);
  });

  it('over 30 days back are refused before any request', async () => {
    const before = (await requests()).length;
    const run = await importing({ from: day(31), to: day(1) }).finished();
    expect(run.error).toMatchObject({ code: 'DELETED_TOO_OLD', details: { days: 30 } });
    expect((await requests()).length).toBe(before);
  });

  it('that have not come yet are refused', async () => {
    const run = await importing({ from: day(-1), to: day(-2) }).finished();
    expect(run.error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('future') });
  });

  it('which the CRM has forgotten are refused with the earliest date that it knows', async () => {
    const run = await importing({ from: day(20), to: day(1) }).finished();
    expect(run.error?.code).toBe('DELETED_GAP');
    const earliest = String(run.error?.details?.earliest);
    expect(run.error?.action).toContain(earliest);
    expect(Date.parse(earliest)).toBeGreaterThan(Date.parse(day(16)));
    expect((await importing({ from: day(14), to: day(1) }).finished()).state).toBe('succeeded');
  });
});

describe('deletions since the last import', () => {
  const sinceLast = { period: 'sinceLast' as const };
  const optionOf = (flow: ReturnType<typeof importing>): string =>
    `LASTIMPORT_DELETED_${flow.workflow().internalName}_gone`;

  it('begin with all that the CRM knows, then bring each once, from where it said that it was complete', async () => {
    const flow = importing(sinceLast);
    const before = await remove(2);
    await org.control('clock', { advanceSeconds: 180 });
    const first = await flow.finished();
    const option = optionOf(flow);
    expect((await first.rows('gone.success')).map((row) => row.Id)).toEqual(expect.arrayContaining(before));
    const covered = (await engine.option(option)) ?? '';
    expect(Date.parse(`${covered.replaceAll('/', '-').replace(' ', 'T')}Z`)).toBeLessThanOrEqual(demo.org.clock.now());
    expect(first.vars('gone')).toMatchObject({ crmOptionName: option, crmStartImport: '', crmEndDate: covered });

    const after = await remove(3);
    await org.control('clock', { advanceSeconds: 300 });
    const second = await flow.finished();
    expect((await second.rows('gone.success')).map((row) => row.Id).sort()).toEqual(after.sort());
    expect(second.vars('gone')).toMatchObject({ crmStartImport: covered });
    await org.control('clock', { advanceSeconds: 300 });
    expect((await flow.finished()).counts['gone.success']).toBe(0);
  });

  it('lose nothing that was deleted in the seconds which the CRM cuts off', async () => {
    const flow = importing(sinceLast);
    await flow.finished();
    const all: string[] = [];
    const found: string[] = [];
    for (let pass = 0; pass < 4; pass += 1) {
      all.push(...(await remove(1)));
      await org.control('clock', { advanceSeconds: 47 });
      all.push(...(await remove(1)));
      await org.control('clock', { advanceSeconds: 61 });
      found.push(...(await (await flow.finished()).rows('gone.success')).map((row) => String(row.Id)));
    }
    await org.control('clock', { advanceSeconds: 300 });
    found.push(...(await (await flow.finished()).rows('gone.success')).map((row) => String(row.Id)));
    expect(found.sort()).toEqual(all.sort());
  });

  it('stop with the earliest date when the last import is too long ago: a gap is never skipped', async () => {
    const flow = importing(sinceLast);
    const value = formatCursor(new Date(day(20)));
    await inTransaction(engine.parts.db, (tx) =>
      changeOption(tx, { name: optionOf(flow), value, by: 'ann', runId: null, at: day(0) }),
    );
    const run = await flow.finished();
    expect(run.error).toMatchObject({ code: 'DELETED_GAP', details: { object: 'Contact' } });
    expect(await engine.option(optionOf(flow))).toBe(value);
  });

  it('keep their date when the run fails, and read the same again', async () => {
    const flow = engine.flow(
      {
        gone: importing(sinceLast).workflow().nodes[0] as never,
        fails: { type: 'javascript-code', config: { mode: 'run', script: 'throw new Error("not today")' } },
      },
      ['gone -> fails'],
    );
    expect((await flow.finished()).state).toBe('failed');
    expect(await engine.option(`LASTIMPORT_DELETED_${flow.workflow().internalName}_gone`)).toBeNull();
  });
});
