import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { open } from '../../connectors/salesforce/client.ts';
import type { DatabaseTable } from '../../contract/database.ts';
import type { CheckScope } from '../../contract/node.ts';
import type { Cell } from '../../contract/types.ts';
import type { Salesforce } from '../../demo/salesforce/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';
import { onPostgres } from '../../test/harness/database.ts';
import { testEngine } from '../../test/harness/engine.ts';
import type { Flow } from '../../test/harness/flow.ts';
import { plainClient } from '../../test/harness/organisation.ts';
import type { OrganisationProxy, SeenTarget } from '../../test/harness/replicas.ts';
import { seenDatabase, seenLocal, startProxy } from '../../test/harness/replicas.ts';
import { targetSystems, testTargets } from '../../test/harness/targets.ts';
import type { ReplicateConfig } from './config.ts';
import { configSchema, defaults } from './config.ts';
import { definition } from './definition.ts';
import { namespaceOf, tableName, whyNot } from './objects.ts';
import type { ReplicaState } from './state.ts';

type Row = Record<string, Cell>;

let demo: Salesforce;
let proxy: OrganisationProxy;
let org: ReturnType<typeof plainClient>;
/** With more contacts than fit one page. */
let large: Salesforce;
let largeOrg: ReturnType<typeof plainClient>;
let database: Record<string, unknown> = {};
const targets = testTargets();
const engine = testEngine({
  loadConnection: async (name) =>
    name === 'db'
      ? {
          kind: 'database',
          settings: {
            port: 0,
            database: '',
            host: '',
            user: '',
            password: '',
            schema: 'public',
            ca: '',
            file: '',
            ...database,
          },
        }
      : {
          kind: 'salesforce',
          settings:
            name === 'large'
              ? settingsOf(large)
              : { ...settingsOf(demo), instanceUrl: proxy.rewrite ? proxy.url : demo.url },
        },
});
const settingsOf = ({ url, clientId, clientSecret }: Salesforce) => ({
  instanceUrl: url,
  clientId,
  clientSecret,
  apiVersion: '60.0',
});
beforeAll(async () => {
  demo = await startSalesforce({ contacts: 300, seed: 4, clock: '2026-07-01T12:00:00Z' });
  org = plainClient(demo);
  large = await startSalesforce({ contacts: 2_050, seed: 5, clock: '2026-07-01T12:00:00Z' });
  largeOrg = plainClient(large);
  proxy = await startProxy(() => demo.url);
});
afterEach(async () => {
  proxy.rewrite = null;
  await largeOrg.clearFaults();
});
afterAll(async () => {
  await proxy.close();
  await demo.close();
  await large.close();
});

const later = (seconds: number) => org.control('clock', { advanceSeconds: seconds });
const records = async (...changes: object[]) => ((await org.control('records', changes)) as { ids: string[] }).ids;
const change = (operation: string, object: string, id: string | undefined, values: object = {}) => ({
  operation,
  object,
  ...(id ? { id } : {}),
  ...(operation === 'delete' || operation === 'undelete' ? {} : { values }),
});

/** What the organisation holds now, in the form of a replica. */
async function inCrm(object: string, fields: string[], from = org): Promise<Row[]> {
  const found = await from.query(`SELECT ${['Id', ...fields].join(', ')} FROM ${object}`);
  return found.map((record) => Object.fromEntries(['Id', ...fields].map((name) => [name, plain(record[name])])) as Row);
}
const plain = (value: unknown): Cell =>
  typeof value === 'string' && /\+0000$/.test(value) ? new Date(value).toISOString() : ((value ?? null) as Cell);
const only = (rows: Row[], fields: string[]): Row[] =>
  rows.map((row) => Object.fromEntries(['Id', ...fields].map((name) => [name, row[name] ?? null])));
const byId = (rows: Row[]): Row[] => rows.toSorted((a, b) => (String(a.Id) < String(b.Id) ? -1 : 1));

const watched: Record<string, string[]> = {
  Account: ['Name', 'Industry', 'NumberOfEmployees', 'SystemModstamp'],
  Contact: ['LastName', 'Email', 'AccountId', 'SystemModstamp'],
  Lead: ['LastName', 'Company', 'IsConverted', 'CreatedDate'],
};

let flows = 0;
describe.each(onPostgres ? (['local'] as const) : (['local', ...targetSystems] as const))('into %s', (system) => {
  let seen: SeenTarget;
  let prefix = '';
  beforeAll(async () => {
    if (system === 'local') seen = seenLocal(engine);
    else {
      database = await targets.make(system);
      const client = await seenDatabase(engine, database, async (table) => {
        const place: DatabaseTable = {
          name: 'syncline_replicas',
          key: 'table_name',
          columns: [
            { name: 'table_name', type: 'text' },
            { name: 'state', type: 'text' },
          ],
        };
        const [row] = await client.client.rows(place, [table.replace(/__ct$/, '')]);
        const { columns } = JSON.parse(String(row?.[1])) as ReplicaState;
        const changes = [
          { name: 'ct_position', type: 'integer' as const },
          { name: 'ct_operation', type: 'text' as const },
          { name: 'ct_time', type: 'datetime' as const },
        ];
        return table.endsWith('__ct') ? [...changes, ...columns] : columns;
      });
      seen = client;
      return () => client.client.close();
    }
  });
  beforeEach(() => {
    flows += 1;
    prefix = `p${flows}_`;
  });

  const flow = (config: Partial<ReplicateConfig>, names: string[] = ['Account']): Flow =>
    engine
      .flow(
        {
          copy: {
            type: 'replicate',
            config: {
              ...defaults,
              connection: 'crm',
              target: system === 'local' ? 'local' : 'database',
              database: 'db',
              prefix,
              objects: names.map((name) => ({ name, label: name })),
              ...config,
            },
          },
        },
        [],
      )
      .named(`replica_${flows}`);
  const expectEqual = async (objects: string[], from = org): Promise<void> => {
    for (const object of objects) {
      const fields = watched[object] ?? [];
      const rows = await seen.rows(`${prefix}${object}`);
      expect(byId(only(rows, fields))).toEqual(byId(await inCrm(object, fields, from)));
    }
  };
  const expectRow = async (
    run: Awaited<ReturnType<Flow['finished']>>,
    expected: object,
    object = 'Account',
  ): Promise<void> => {
    expect(run.describe()).toMatch(/^succeeded/);
    expect((await run.rows('copy.success')).find((row) => row.object === object)).toMatchObject(expected);
  };

  it('loads whole objects, then captures what was inserted, updated and deleted, with a change table', async () => {
    const objects = ['Account', 'Contact', 'Lead'];
    const [b, c] = await records(
      ...['Going', 'Coming back'].map((LastName) => change('create', 'Contact', undefined, { LastName })),
    );
    const capture = flow({ changeTables: true }, objects);
    const first = await capture.finished();
    expect(first.describe()).toMatch(/^succeeded \(/);
    const rows = await first.rows('copy.success');
    expect(rows.map(({ object, table, state }) => [object, table, state])).toEqual(
      objects.map((name) => [name, `${prefix}${name}`, 'done']),
    );
    await expectEqual(objects);
    expect(await seen.rows(`${prefix}Contact__ct`)).toEqual([]);

    const [a] = byId(await inCrm('Contact', [])).map(({ Id }) => String(Id));
    await later(120);
    await records(
      change('update', 'Contact', a, { LastName: "O'Neil \\ 😀" }),
      change('delete', 'Contact', b),
      change('delete', 'Contact', c),
    );
    const [made] = await records(change('create', 'Contact', undefined, { LastName: 'New' }));
    await later(120);
    // Restored: it stands in the log of deletions, and exists.
    await records(change('undelete', 'Contact', c));
    await later(180);
    const second = await capture.finished();
    await expectRow(second, { inserted: 1, deleted: 1, rejected: 0, errorCode: null }, 'Contact');
    await expectEqual(objects);
    const changes = await seen.rows(`${prefix}Contact__ct`);
    const byRecord = new Map(changes.map((row) => [row.Id, row.ct_operation]));
    expect([byRecord.get(a ?? ''), byRecord.get(b ?? ''), byRecord.get(made ?? '')]).toEqual([
      'update',
      'delete',
      'insert',
    ]);
    const positions = changes.map((row) => Number(row.ct_position));
    expect(positions).toEqual([...new Set(positions)].sort((x, y) => x - y));
    expect(changes.every((row) => String(row.ct_time).startsWith('2026-07-01T1'))).toBe(true);

    await later(120);
    const third = await capture.finished();
    await expectRow(third, { inserted: 0, updated: 0, deleted: 0 }, 'Contact');
    expect(await seen.rows(`${prefix}Contact__ct`)).toEqual(changes);
  });

  it('finds what was committed late, within the look-back', async () => {
    const capture = flow({});
    await capture.finished();
    const [late] = byId(await inCrm('Account', [])).map(({ Id }) => String(Id));
    const stamp = new Date(
      Date.parse(
        (await org.query('SELECT SystemModstamp FROM Account ORDER BY SystemModstamp DESC LIMIT 1'))[0]
          ?.SystemModstamp as string,
      ),
    ).toISOString();
    await later(300);
    await expectRow(await capture.finished(), { updated: 0 });
    const { now } = (await org.control('clock', { advanceSeconds: 0 })) as { now: string };
    await records({
      ...change('update', 'Account', late, { Name: 'Late' }),
      late: { stamp: new Date(Date.parse(now) - 400_000).toISOString() },
    });
    expect(stamp).toMatch(/Z$/);
    await later(60);
    await expectRow(await capture.finished(), { updated: 1 });
    await expectEqual(['Account']);
  });

  it('compares everything when the log of deletions does not reach back, and says so', async () => {
    const [gone] = await records(change('create', 'Account', undefined, { Name: 'Short-lived' }));
    const capture = flow({});
    await capture.finished();
    await records(change('delete', 'Account', gone));
    await later(600);
    const { now } = (await org.control('clock', { advanceSeconds: 0 })) as { now: string };
    await org.control('bin', { object: 'Account', purgeLogUntil: now });
    await later(180);
    const run = await capture.finished();
    await expectRow(run, { deleted: 1 });
    expect(run.log('copy').join('\n')).toMatch(/no longer known, so everything is read and compared/);
    await expectEqual(['Account']);
  });

  it('reports drift by key and hash, mends it, and a reload leaves the table as the CRM is', async () => {
    await flow({ mode: 'reload' }).finished();
    const [a, b, c] = byId(await inCrm('Account', [])).map(({ Id }) => String(Id));
    const table = `${prefix}Account`;
    const damage = async (): Promise<void> => {
      await seen.put(table, [
        { Id: a ?? '', Name: 'somebody else', Industry: 'x' },
        { Id: 'nobody', Name: 'extra', Industry: null },
      ]);
      await seen.remove(table, [b ?? '']);
    };
    await damage();
    const looked = await flow({ mode: 'compare', mend: false }).finished();
    await expectRow(looked, { missing: 1, extra: 1, different: 1, inserted: 0, updated: 0, deleted: 0 });
    const drift = await looked.rows('copy.drift');
    expect(drift.map(({ Id, drift: kind, fields }) => [kind, Id, fields])).toEqual([
      ['missing', b, null],
      ['extra', 'nobody', null],
      ['different', a, 'Name, Industry'],
    ]);
    const mended = await flow({ mode: 'compare' }).finished();
    await expectRow(mended, { missing: 1, extra: 1, different: 1, inserted: 1, updated: 1, deleted: 1 });
    await expectEqual(['Account']);
    await expectRow(await flow({ mode: 'compare' }).finished(), { missing: 0, extra: 0, different: 0, unchanged: 0 });
    await damage();
    await expectRow(await flow({ mode: 'full' }).finished(), { inserted: 1, updated: 1, deleted: 0 });
    expect((await seen.rows(table)).map(({ Id }) => Id)).toContain('nobody');
    await expectRow(await flow({ mode: 'reload' }).finished(), { inserted: 0, deleted: 1 });
    await expectEqual(['Account']);
    expect(c).toBeDefined();
  });

  it('takes new columns, keeps those of vanished fields, and rejects values that a column cannot take', async () => {
    const hide = (name: string) => (body: string) => {
      const described = JSON.parse(body) as { fields: { name: string }[] };
      return JSON.stringify({ ...described, fields: described.fields.filter((field) => field.name !== name) });
    };
    const described = (path: string) => path.includes('/sobjects/Account/describe');
    proxy.rewrite = (path, body) => (described(path) ? hide('Industry')(body) : body);
    const capture = flow({ changeTables: true });
    await capture.finished();
    const before = await seen.rows(`${prefix}Account`);
    expect(before.some((row) => 'Industry' in row)).toBe(false);

    proxy.rewrite = null;
    await later(120);
    const widened = await capture.finished();
    await expectRow(widened, { newColumns: 'Industry', rejected: 0, inserted: 0 });
    await expectEqual(['Account']);

    const [many] = byId(
      (await inCrm('Account', ['NumberOfEmployees'])).filter((row) => row.NumberOfEmployees !== null),
    );
    await records(change('update', 'Account', String(many?.Id), { Name: 'Renamed' }));
    await later(120);
    proxy.rewrite = (path, body) => {
      if (described(path)) return hide('Industry')(body.replace(/("type":)"int"/g, '$1"string"'));
      return path.includes('/query') ? body.replaceAll(/"NumberOfEmployees":\d+/g, '"NumberOfEmployees":"many"') : body;
    };
    const odd = await capture.finished();
    await expectRow(odd, { vanishedFields: 'Industry', updated: 1 });
    expect(String((await odd.rows('copy.success'))[0]?.changedTypes)).toContain('NumberOfEmployees: integer → text');
    const rejects = await odd.rows('copy.reject');
    expect(rejects.map(({ Id, errorCode, errorFields }) => [Id, errorCode, errorFields])).toContainEqual([
      many?.Id,
      'TYPE_MISMATCH',
      'NumberOfEmployees',
    ]);
    expect(odd.state).toBe('succeeded with rejects');
    await expectEqual(['Account']);
  });

  // A year that MySQL and SQLite take.
  it.runIf(system === 'postgres')(
    'rejects the record that the database cannot hold, and writes all others',
    async () => {
      const [odd] = byId((await inCrm('Contact', ['Birthdate'])).filter(({ Birthdate }) => Birthdate !== null));
      const record = new RegExp(`("Id":"${odd?.Id}"[^{}]*"Birthdate":)"[^"]*"`);
      proxy.rewrite = (_, body) => body.replace(record, '$1"0000-02-01"');
      const run = await flow({}, ['Contact', 'Account']).finished();
      expect(run.state).toBe('succeeded with rejects');
      const contacts = await inCrm('Contact', []);
      await expectRow(run, { state: 'done', inserted: contacts.length - 1, rejected: 1 }, 'Contact');
      const [reject, ...others] = await run.rows('copy.reject');
      expect(others).toEqual([]);
      expect(reject).toMatchObject({ object: 'Contact', Id: odd?.Id, errorCode: 'DATABASE_VALUE' });
      const written = (await seen.rows(`${prefix}Contact`)).map(({ Id }) => Id);
      expect(written).not.toContain(odd?.Id);
      expect(written).toHaveLength(contacts.length - 1);
    },
  );

  it('goes on at the page where a run ended, in the next one', async () => {
    // The second page of contacts is lost for good.
    const lost = { kind: 'status', status: 500, times: null, match: { path: 'query/.' } };
    await largeOrg.control('faults', [lost]);
    const retry = { attempts: 1, delay: 0, maxDelay: 0 };
    const capture = flow({ connection: 'large' }, ['Contact', 'Lead']).with('copy', { retry });
    const failed = await capture.finished();
    expect(failed.state).toBe('failed');
    expect(await seen.rows(`${prefix}Contact`)).toHaveLength(2_000);
    await expectEqual(['Lead'], largeOrg);
    await largeOrg.clearFaults();
    const second = await capture.finished();
    expect(second.log('copy').join('\n')).toContain('Contact: goes on with the load where it was.');
    const contacts = await inCrm('Contact', [], largeOrg);
    await expectRow(second, { inserted: contacts.length - 2_000, unchanged: 0 }, 'Contact');
    await expectEqual(['Contact', 'Lead'], largeOrg);
  });

  const deaths = [
    { mode: 'reload', call: 'append', number: 5, when: 'before' },
    { mode: 'reload', call: 'append', number: 5, when: 'after' },
    ...(system === 'local'
      ? ([
          { mode: 'changes', call: 'once', number: 3, when: 'before' },
          { mode: 'changes', call: 'once', number: 3, when: 'after' },
          { mode: 'reload', call: 'writer', number: 9, when: 'after' },
          { mode: 'reload', call: 'table', number: 4, when: 'after' },
        ] as const)
      : []),
  ] as const;
  it.each(deaths)('loses and doubles nothing when an attempt dies: $mode, $when $call', async ({ mode, ...death }) => {
    const run = await flow({ mode, connection: 'large' }, ['Contact']).interrupted('copy', death).finished();
    expect(run.task('copy').attempt).toBe(2);
    const contacts = await inCrm('Contact', [], largeOrg);
    const counts = { inserted: contacts.length, updated: 0, deleted: 0, rejected: 0 };
    await expectRow(run, { ...counts, ...(mode === 'reload' ? {} : { unchanged: 0 }) }, 'Contact');
    await expectEqual(['Contact'], largeOrg);
  });

  it('leaves tables alone that it has not made, and goes on with the other objects', async () => {
    await flow({ connection: 'crm' }).finished();
    const other = await flow({ connection: 'second' }, ['Account', 'Lead', 'Vote', 'Nothing__c']).finished();
    expect(other.state).toBe('succeeded with rejects');
    const rows = await other.rows('copy.success');
    expect(rows.map(({ object, state, errorCode }) => [object, state, errorCode])).toEqual([
      ['Account', 'failed', 'REPLICA_TAKEN'],
      ['Lead', 'done', null],
      ['Vote', 'not replicable', 'OBJECT_NOT_REPLICABLE'],
      ['Nothing__c', 'failed', 'OBJECT_UNKNOWN'],
    ]);
    expect((await other.rows('copy.failed')).map(({ errorMessage }) => errorMessage)).toContain(
      'Vote cannot be replicated: it can only be read with a filter on single records, never as a whole.',
    );
    await expectEqual(['Lead']);
    // What reads everything may take a table over.
    await expectRow(await flow({ connection: 'second', mode: 'reload' }).finished(), { state: 'done', inserted: 0 });
  });
});

it('copies every object of the organisation that can be copied, whatever it is called', async () => {
  const salesforce = await open({
    settings: settingsOf(demo),
    connectionName: 'crm',
    clock: engine.clock,
    log: () => undefined,
    signal: new AbortController().signal,
  } as never);
  const objects = (await salesforce.objects()).map(({ name, label }) => ({ name, label }));
  await salesforce.close();
  const run = await engine
    .flow({ copy: { type: 'replicate', config: { ...defaults, connection: 'crm', prefix: 'all_', objects } } }, [])
    .finished();
  const rows = await run.rows('copy.success');
  expect(rows.filter(({ state }) => state !== 'done').map(({ object, state }) => [object, state])).toEqual([
    ['Vote', 'not replicable'],
  ]);
  for (const { object, table, inserted } of rows)
    if (object !== 'Vote') {
      expect(inserted).toBe((await inCrm(String(object), [])).length);
      expect(await engine.local.table(String(table))).not.toBeNull();
    }
  const tables = rows.map(({ object, table }) => `${object} ${table}`).filter((line) => line.includes('__'));
  expect(tables.length).toBeGreaterThan(3);
  expect(tables.filter((line) => !/__c all_\w*[^_]_c$/.test(line))).toEqual([]);
});

describe('names', () => {
  it.each([
    ['Account', 'Account'],
    ['Order__c', 'Order_c'],
    ['ns__Order__c', 'ns__Order_c'],
    ['et4ae5__SendDefinition__c', 'et4ae5__SendDefinition_c'],
    ['Order__History', 'Order__History'],
    ['Setting__mdt', 'Setting__mdt'],
  ])('%s lands as %s', (object, table) => {
    expect(tableName('', object)).toBe(table);
    expect(tableName('sf_', object)).toBe(`sf_${table}`);
  });

  it('belong to a namespace or to none', () => {
    expect(['ns__Order__c', 'Order__c', 'Account'].map(namespaceOf)).toEqual(['ns', '', '']);
  });

  it('that meet in one table are named with it', () => {
    const objects = ['Order__c', 'Order_c', 'Account'].map((name) => ({ name, label: name }));
    const config = { ...defaults, connection: 'crm', objects };
    const scope = { node: { id: 'n' }, inputs: [], connections: null } as unknown as CheckScope;
    const issues = definition.check?.(config as never, scope) ?? [];
    expect(issues.map(({ message }) => message)).toEqual([
      'Order__c, Order_c would all be written into the table "Order_c".',
    ]);
  });
});

describe('what is refused while drawing', () => {
  it.each<[Partial<ReplicateConfig>, string]>([
    [{ objects: [] }, 'objects: choose at least one object'],
    [{ connection: '' }, 'connection: choose a connection'],
    [{ target: 'database' }, 'database: choose a connection'],
    [{ prefix: '1"' }, 'prefix: begin with a letter, then use letters, digits and _'],
    [
      { objects: ['Account', 'account'].map((name) => ({ name, label: name })) },
      'objects.1.name: account is chosen twice',
    ],
  ])('%j', (config, problem) => {
    const objects = [{ name: 'Account', label: 'Account' }];
    const parsed = configSchema.safeParse({ ...defaults, connection: 'crm', objects, ...config });
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual([problem]);
  });

  it('names the reason for each object that cannot be replicated', () => {
    expect(whyNot({ name: 'Vote', queryable: true })).toMatch(/filter/);
    expect(whyNot({ name: 'Account', queryable: false })).toBe('the CRM does not let it be queried');
    expect(whyNot({ name: 'Order__c', queryable: true })).toBeNull();
  });
});
