import { describe, expect, it } from 'vitest';
import { listEvents } from '../../server/runs/events.ts';
import { engineWithDemo } from '../../test/harness/engineWithDemo.ts';
import type { Interruption } from '../../test/harness/interruptions.ts';
import type { RunView } from '../../test/harness/runView.ts';
import type { CrmConfig, ImportField } from './config.ts';
import { defaults } from './config.ts';

const { engine, demo, org } = await engineWithDemo({ contacts: 300, clock: '2026-07-01T12:00:00Z' });

const fields: ImportField[] = [{ name: 'LastName', label: 'Last name', type: 'text', conversion: 'default' }];

/** An import during which something happens in the organisation, once its first page has been read. */
function importing(
  meanwhile: () => Promise<unknown>,
  more: Partial<CrmConfig> = {},
  watch: { interruption?: Interruption } = {},
) {
  const index = { ...defaults.index, enabled: true, indexField: 'SystemModstamp' };
  const config = { ...defaults, connection: 'demo', object: 'Contact', fields, index, ...more };
  // By date the first thing written is how far it reaches.
  let before = config.index.enabled ? 1 : 0;
  const retry = { attempts: 3, delay: 0, maxDelay: 0 };
  return engine.flow({ contacts: { type: 'crm-connector', config, retry } }, []).watched('contacts', {
    ...watch,
    async onCall(call) {
      if (call !== 'append') return;
      before -= 1;
      if (before === -1) await meanwhile();
    },
  });
}
const change = (...changes: object[]) => org.control('records', changes) as Promise<{ ids: string[] }>;
const created = (name: string, late?: string) => ({
  operation: 'create',
  object: 'Contact',
  values: { LastName: name },
  ...(late === undefined ? {} : { late: { stamp: late } }),
});
const ago = (minutes: number): string => new Date(demo.org.clock.now() - minutes * 60_000).toISOString();
const idAt = async (place: number): Promise<string> =>
  String((await org.query(`SELECT Id FROM Contact ORDER BY SystemModstamp DESC, Id LIMIT ${place + 1}`))[place]?.Id);
const names = async (run: RunView) => (await run.rows('contacts.success')).map((row) => row.LastName);
async function alarms(run: RunView): Promise<string[]> {
  const events = await listEvents(engine.parts.db, run.detail.id, 0, 10_000);
  return events.flatMap((event) => (event.type === 'alarm' ? [event.message] : []));
}
const closing = (run: RunView): string => run.log('contacts').at(-1) ?? '';

describe('after an import', () => {
  it('the count of the CRM stands beside what was read, for one call', async () => {
    const before = demo.org.requests.total;
    const run = await importing(async () => undefined).finished();
    expect(closing(run)).toContain('The CRM counts as many.');
    expect(await alarms(run)).toEqual([]);
    const paths = demo.org.requests.since(before).filter((request) => request.query.includes('COUNT%28%29'));
    expect(paths.length).toBeLessThanOrEqual(1);
  });

  it('records that were committed late are fetched, belong to it, and do not come again', async () => {
    const flow = importing(() => change(created('Laggard', ago(4))));
    const run = await flow.finished();
    expect(await names(run)).toContain('Laggard');
    expect(closing(run)).toContain('1 came while they were read and were fetched');
    expect(await alarms(run)).toEqual([]);
    await org.control('clock', { advanceSeconds: 120 });
    expect(await names(await flow.finished())).toEqual([]);
  });

  it('records that were changed or deleted meanwhile explain a difference', async () => {
    const [changed, deleted] = [await idAt(20), await change(created('Brief')).then(({ ids }) => ids[0])];
    await org.control('clock', { advanceSeconds: 300 });
    const run = await importing(() =>
      change(
        { operation: 'update', object: 'Contact', id: changed, values: { LastName: 'Moved' } },
        { operation: 'delete', object: 'Contact', id: deleted },
      ),
    ).finished();
    expect(closing(run)).toContain('2 were changed or deleted meanwhile');
    expect(await alarms(run)).toEqual([]);
  });

  it('what nothing explains is fetched and raises an alarm, which says how many', async () => {
    const run = await importing(() => change(created('Lost', ago(3 * 24 * 60)))).finished();
    expect(await names(run)).toContain('Lost');
    expect(run.state).toBe('succeeded');
    expect(await alarms(run)).toEqual([expect.stringMatching(/^Contact: The CRM counts .* 1 are not explained/)]);
  });

  it('what is read of everything is compared too, in its order', async () => {
    const run = await importing(() => change(created('Aaa')), {
      index: defaults.index,
      orderBy: [{ field: 'LastName', direction: 'asc' }],
    }).finished();
    const found = (await names(run)).map(String);
    expect(found).toContain('Aaa');
    expect(found).toEqual(found.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(closing(run)).toContain('1 came while they were read and were fetched');
  });

  it('a verdict is kept by the attempt that goes on: what was fetched is there once', async () => {
    const interruption = { call: 'ensureLocalTable', number: 1, when: 'before' } as const;
    const run = await importing(() => change(created('Twice', ago(4))), {}, { interruption }).finished();
    expect(run.task('contacts').attempt).toBe(2);
    expect((await names(run)).filter((name) => name === 'Twice')).toHaveLength(1);
  });

  it('an attempt that goes on reaches as far as the first one: what changed in between comes once, with the next import', async () => {
    const flow = importing(
      async () => {
        await change({ operation: 'update', object: 'Contact', id, values: { LastName: 'Changed between' } });
        await org.control('clock', { advanceSeconds: 600 });
      },
      {},
      { interruption: { call: 'append', number: 2, when: 'after' } },
    );
    await org.control('clock', { advanceSeconds: 300 });
    const id = await idAt(150);
    const run = await flow.finished();
    expect(run.task('contacts').attempt).toBe(2);
    expect((await run.rows('contacts.success')).filter((row) => row.Id === id)).toHaveLength(1);
    expect(await alarms(run)).toEqual([]);
    expect(await names(await flow.finished())).toEqual(['Changed between']);
  });

  it('a CRM that cannot count leaves the import as it is, and the run says so', async () => {
    await org.control('faults', {
      kind: 'status',
      match: { query: 'COUNT' },
      times: null,
      status: 400,
      errorCode: 'QUERY_TIMEOUT',
      message: 'Your query request was running for too long.',
    });
    const run = await importing(async () => undefined).finished();
    expect(run.state).toBe('succeeded');
    expect(run.log('contacts').join(' ')).toContain('could not be compared with the count of the CRM');
  });
});
