/** The node as it is, with Dynamics 365, whose deletions are known by a mark. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DynamicsDemo, openDynamics } from '../../test/harness/dynamicsClient.ts';
import { testEngine } from '../../test/harness/engine.ts';
import { seenLocal } from '../../test/harness/replicas.ts';
import { defaults } from './config.ts';

let demo: DynamicsDemo;
const engine = testEngine({ loadConnection: async () => ({ kind: 'dynamics', settings: demo.settings }) });
beforeAll(async () => {
  demo = await openDynamics({ contacts: 300, clock: engine.clock.now().toISOString() });
});
afterAll(() => demo.close());

const copied = (table: string, prefix: string) => {
  const config = { ...defaults, connection: 'crm', prefix, objects: [{ name: table, label: table }] };
  return engine.flow({ copy: { type: 'replicate', config } }, []);
};
const same = async (table: string, prefix: string, name: string): Promise<void> => {
  const rows = await seenLocal(engine).rows(prefix + table);
  const wanted = demo.held(table).map((row) => [row[`${table}id`], row[name] ?? null]);
  expect(rows.map((row) => [row.Id, row[name]]).sort()).toEqual(wanted.sort());
};
const counts = async (run: Awaited<ReturnType<ReturnType<typeof copied>['finished']>>) =>
  (await run.rows('copy.success'))[0];

it('follows changes and deletions, and reads nothing else', async () => {
  const flow = copied('contact', 'a_');
  await flow.finished();
  await same('contact', 'a_', 'lastname');
  const [gone, changed] = demo.held('contact').map(({ contactid }) => String(contactid));
  await demo.control('clock', { advanceSeconds: 300 });
  await demo.control('records', [
    { operation: 'delete', table: 'contact', id: gone },
    { operation: 'update', table: 'contact', id: changed, values: { lastname: 'Changed' } },
    { operation: 'create', table: 'contact', values: { lastname: 'New' } },
  ]);
  await demo.control('clock', { advanceSeconds: 300 });
  demo.org.requests.clear();
  expect(await counts(await flow.finished())).toMatchObject({ deleted: 1, inserted: 1, updated: 1 });
  await same('contact', 'a_', 'lastname');
  expect(
    demo.org.requests
      .since(0)
      .filter(({ path, query }) => path.endsWith('/contacts') && !/modifiedon ge|deltatoken|CRM.In/.test(query)),
  ).toEqual([]);
});

it('compares everything when the mark is too old, and goes on by a new one', async () => {
  const flow = copied('lead', 'b_');
  await flow.finished();
  const [first, second] = demo.held('lead').map(({ leadid }) => String(leadid));
  await demo.control('records', { operation: 'delete', table: 'lead', id: first });
  await demo.control('clock', { advanceSeconds: 8 * 86_400 });
  expect(await counts(await flow.finished())).toMatchObject({ deleted: 1 });
  await same('lead', 'b_', 'subject');
  await demo.control('records', { operation: 'delete', table: 'lead', id: second });
  demo.org.requests.clear();
  expect(await counts(await flow.finished())).toMatchObject({ deleted: 1 });
  expect(demo.org.requests.since(0).some(({ query }) => query.includes('deltatoken'))).toBe(true);
});

it('compares everything of a table that tracks no changes', async () => {
  const flow = copied('incident', 'c_');
  await flow.finished();
  const [gone] = demo.held('incident').map(({ incidentid }) => String(incidentid));
  await demo.control('records', { operation: 'delete', table: 'incident', id: gone });
  await flow.finished();
  await same('incident', 'c_', 'title');
});
