import { describe, expect, it } from 'vitest';
import { engineWithDemo } from '../../test/harness/engineWithDemo.ts';
import type { CrmConfig, ImportField } from './config.ts';
import { defaults } from './config.ts';

const { engine, org } = await engineWithDemo({ contacts: 300, clock: '2026-07-01T12:00:00Z' });

const field = (name: string): ImportField => ({ name, label: name, type: 'text', conversion: 'default' });
const config: CrmConfig = {
  ...defaults,
  connection: 'demo',
  object: 'Contact',
  fields: [field('LastName'), field('Title')],
  index: { ...defaults.index, enabled: true, by: 'comparison' },
};
const importing = (properties: object = {}) =>
  engine.flow({ contacts: { type: 'crm-connector', config, ...properties } }, []);
const later = () => org.control('clock', { advanceSeconds: 60 });
const change = (...changes: object[]) => org.control('records', changes) as Promise<{ ids: string[] }>;
const created = { operation: 'create', object: 'Contact', values: { LastName: 'New' } };

describe('an import by full comparison', () => {
  it('brings everything at first, then what is new or changed, and names what is gone', async () => {
    const flow = importing();
    const first = await flow.finished();
    const all = await org.query('SELECT Id FROM Contact');
    expect(first.counts).toEqual({ 'contacts.success': all.length, 'contacts.gone': 0, 'contacts.reject': 0 });

    const { ids: made } = await change(created, created);
    const [kept = '', removed = ''] = made;
    await later();
    expect((await flow.finished()).counts).toMatchObject({ 'contacts.success': 2, 'contacts.gone': 0 });

    const [other] = await org.query('SELECT Id FROM Contact ORDER BY Id LIMIT 1');
    await change(
      { operation: 'update', object: 'Contact', id: kept, values: { Title: 'Changed' } },
      { operation: 'update', object: 'Contact', id: other?.Id, values: { Department: 'Not chosen' } },
      { operation: 'delete', object: 'Contact', id: removed },
    );
    await later();
    const third = await flow.finished();
    expect(await third.rows('contacts.success')).toEqual([{ Id: kept, LastName: 'New', Title: 'Changed' }]);
    expect(await third.rows('contacts.gone')).toEqual([{ Id: removed }]);
    expect(third.vars('contacts')).toMatchObject({ crmStartImport: expect.stringMatching(/^2026/) });

    await later();
    expect((await flow.finished()).counts).toMatchObject({ 'contacts.success': 0, 'contacts.gone': 0 });
  });

  it('delivers again what a failed run had read', async () => {
    const nodes = {
      contacts: { type: 'crm-connector', config },
      fails: {
        type: 'javascript-code',
        config: { mode: 'run', script: 'if (getOption("fail") === "yes") throw new Error("not today")' },
      },
    };
    const flow = engine.flow(nodes, ['contacts -> fails']);
    await flow.finished();
    await change(created);
    await engine.parts.db('options').insert({
      name: 'fail',
      value: 'yes',
      is_cursor: false,
      updated_at: '2026-01-01T00:00:00.000Z',
      updated_by: 'test',
    });
    await later();
    expect((await flow.finished()).state).toBe('failed');
    await engine.parts.db('options').where({ name: 'fail' }).delete();
    await later();
    expect((await flow.finished()).counts['contacts.success']).toBe(1);
  });

  it('keeps one generation of hashes beside the one that is being made', async () => {
    const flow = importing();
    for (let pass = 0; pass < 3; pass += 1) {
      await flow.finished();
      await later();
    }
    const option = `LASTIMPORT_${flow.workflow().internalName}_contacts`;
    const kept = (await engine.localRows('_compared')).filter((row) => row.option === option);
    expect(new Set(kept.map((row) => row.run)).size).toBe(2);
  });

  it('does not take a record for gone that cannot be read this time', async () => {
    const flow = importing();
    await flow.finished();
    await later();
    await org.control('faults', { kind: 'malformed-rows', match: { path: '/services/data/v60.0/query' }, times: 1 });
    const run = await flow.finished();
    expect(run.counts['contacts.reject']).toBeGreaterThan(0);
    expect(run.counts['contacts.gone']).toBe(0);
    // It is delivered as soon as it can be read again, not before.
    await later();
    const next = await flow.finished();
    expect(next.counts['contacts.success']).toBeGreaterThanOrEqual(Number(run.counts['contacts.reject']));
    expect(next.counts['contacts.gone']).toBe(0);
  });
});
