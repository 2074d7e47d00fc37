import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { FilterGroup } from '../../contract/filter.ts';
import { formatCursor } from '../../contract/run.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { changeOption } from '../../server/options/options.ts';
import { engineWithDemo } from '../../test/harness/engineWithDemo.ts';
import type { CrmConfig, ImportField } from './config.ts';
import { convertedType, defaults } from './config.ts';
import { cellConversions, convertRows } from './conversions.ts';

const { engine, demo, org } = await engineWithDemo({ contacts: 3_000, clock: '2026-07-01T12:00:00Z' });

const field = (name: string, type: ImportField['type'] = 'text', more: Partial<ImportField> = {}): ImportField => ({
  name,
  label: name,
  type,
  conversion: 'default',
  ...more,
});
const fields = [field('Email', 'text', { identifying: true }), field('LastName'), field('SystemModstamp', 'datetime')];
const condition = (name: string, operator: 'eq' | 'ne' | 'gt' | 'ge' | 'isEmpty' | 'isNotEmpty', value?: string) => ({
  kind: 'condition' as const,
  field: name,
  operator,
  ...(value === undefined ? {} : { value }),
});
const group = (...items: FilterGroup['items']): FilterGroup => ({ kind: 'group', operator: 'and', items });
const indexed = (more: Partial<CrmConfig['index']> = {}): CrmConfig['index'] => ({
  ...defaults.index,
  enabled: true,
  indexField: 'SystemModstamp',
  ...more,
});

function importing(config: Partial<CrmConfig>, properties: object = {}) {
  return engine.flow(
    {
      contacts: {
        type: 'crm-connector',
        config: { ...defaults, connection: 'demo', object: 'Contact', fields, ...config },
        ...properties,
      },
    },
    [],
  );
}
/** The option of a flow's node, whose workflow is named by the harness. */
const optionOf = (flow: ReturnType<typeof importing>): string => `LASTIMPORT_${flow.workflow().internalName}_contacts`;
const ids = (rows: Record<string, unknown>[]): string[] => rows.map((row) => String(row.Id)).sort();

describe('a full import', () => {
  it('brings every record once, with the record id though nobody chose it', async () => {
    const run = await importing({}).finished();
    expect(run.state).toBe('succeeded');
    const rows = await run.rows('contacts.success');
    expect(ids(rows)).toEqual(ids(await org.query('SELECT Id FROM Contact')));
    expect(Object.keys(rows[0] ?? {})).toEqual(['Id', 'Email', 'LastName', 'SystemModstamp']);
    expect(run.counts).toEqual({ 'contacts.success': 3_000, 'contacts.reject': 0 });
    expect(run.vars('contacts')).toEqual({ recCount: 3_000 });
  });

  it('is ordered by the CRM, empty values first', async () => {
    const run = await importing({
      orderBy: [
        { field: 'Email', direction: 'desc' },
        { field: 'LastName', direction: 'asc' },
      ],
    }).finished();
    const expected = await org.query('SELECT Id FROM Contact ORDER BY Email DESC, LastName ASC, Id');
    expect((await run.rows('contacts.success')).map((row) => row.Id)).toEqual(expected.map((row) => row.Id));
  });

  it('goes on behind its last page when its first attempt dies, and doubles nothing', async () => {
    await org.control('faults', {
      kind: 'small-pages',
      match: { path: '/services/data/v60.0/query' },
      times: null,
      rows: 500,
    });
    await org.control('faults', { kind: 'html', match: { path: '/services/data/v60.0/query' }, after: 3, times: 4 });
    const run = await importing({}, { retry: { attempts: 3, delay: 0, maxDelay: 0 } }).finished();
    expect(run.task('contacts').attempt).toBe(2);
    expect(ids(await run.rows('contacts.success'))).toEqual(ids(await org.query('SELECT Id FROM Contact')));
  });

  it('rejects records that cannot be read, keeps them in a file when asked, and is not plain green', async () => {
    await org.control('faults', { kind: 'malformed-rows', match: { path: '/services/data/v60.0/query' }, times: 1 });
    const run = await importing({ rejectFile: { enabled: true, name: 'rejects_<%=activityName%>.csv' } }).finished();
    expect(run.state).toBe('succeeded with rejects');
    const rejects = await run.rows('contacts.reject');
    expect(rejects.length).toBeGreaterThan(0);
    expect(rejects.every((row) => row.errorCode === 'RECORD_MALFORMED' && row.record !== null)).toBe(true);
    const [line] = run.log('contacts').filter((text) => text.includes('rejects_contacts.csv'));
    const path = /kept in (.+\.csv)/.exec(line ?? '')?.[1] ?? '';
    expect((await readFile(path, 'utf8')).trim().split(/\r?\n/).length).toBeGreaterThan(rejects.length);
  });
});

describe('the filter', () => {
  it('evaluates its right sides in the sandbox', async () => {
    const filter = group(condition('Email', 'isNotEmpty'), {
      kind: 'group',
      operator: 'or',
      items: [condition('LastName', 'eq', '"Smi" + "th"'), condition('Loyalty_Points__c', 'ge', '5 * 100')],
    });
    const run = await importing({ filter }).finished();
    const expected = await org.query(
      "SELECT Id FROM Contact WHERE Email != null AND (LastName = 'Smith' OR Loyalty_Points__c >= 500)",
    );
    expect(ids(await run.rows('contacts.success'))).toEqual(ids(expected));
    expect(expected.length).toBeGreaterThan(0);
  });

  it.each([
    ['a text for a number', condition('Loyalty_Points__c', 'gt', '"many"'), 'FILTER_VALUE', 'the text "many"'],
    ['a number for a text', condition('LastName', 'eq', '5'), 'FILTER_VALUE', 'the number 5'],
    ['null', condition('LastName', 'eq', 'null'), 'FILTER_VALUE', 'use "is empty"'],
    ['undefined', condition('LastName', 'eq', 'vars.nothing'), 'FILTER_VALUE', 'undefined'],
    ['an object', condition('LastName', 'eq', '({})'), 'FILTER_VALUE', 'an object'],
    ['a field that is not there', condition('Nothing__c', 'eq', '5'), 'FIELD_UNKNOWN', 'Nothing__c'],
    ['an expression that fails', condition('LastName', 'eq', 'x.y.z'), 'EXPRESSION_FAILED', 'x.y.z'],
  ])('refuses %s by name, before a record is asked for', async (_, wrong, code, words) => {
    const since = (await (await fetch(`${demo.url}/__demo/requests`)).json()) as { path: string }[];
    const run = await importing({ filter: group(wrong) }).finished();
    expect(run.state).toBe('failed');
    expect(run.error).toMatchObject({ code, message: expect.stringContaining(words) });
    const after = (await (await fetch(`${demo.url}/__demo/requests`)).json()) as { path: string }[];
    expect(after.slice(since.length).filter((request) => request.path.includes('/query'))).toEqual([]);
  });
});

describe('conversions', () => {
  it('make of 2024-01-31T23:30Z in Europe/Paris what each of them says', () => {
    const instant = '2024-01-31T23:30:00.000Z';
    const kinds = ['default', 'dateOnly', 'withoutTimeOffset'] as const;
    const chosen = kinds.map((conversion) => field('At', 'datetime', { conversion }));
    expect(convertRows([[instant, instant, instant]], cellConversions(chosen, 'Europe/Paris'))).toEqual([
      [instant, '2024-02-01', '2024-01-31 23:30:00'],
    ]);
    expect([...chosen, field('At', 'datetime', { conversion: 'copy' })].map(convertedType)).toEqual([
      'datetime',
      'date',
      'text',
      'text',
    ]);
  });

  it('never shift a date, and leave what is empty empty', () => {
    const chosen = [
      field('Birthdate', 'date', { conversion: 'dateOnly' }),
      field('At', 'datetime', { conversion: 'dateOnly' }),
    ];
    expect(convertRows([['2024-01-31', null]], cellConversions(chosen, 'America/New_York'))).toEqual([
      ['2024-01-31', null],
    ]);
  });

  it('take the zone of the node, and hand on the text of the source when copied', async () => {
    const [first] = await org.query('SELECT Id, SystemModstamp FROM Contact LIMIT 1');
    const filter = group(condition('Id', 'eq', JSON.stringify(first?.Id)));
    const chosen = [
      field('SystemModstamp', 'datetime', { conversion: 'copy' }),
      field('LastModifiedDate', 'datetime', { conversion: 'dateOnly' }),
    ];
    const run = await importing({ filter, fields: chosen }, { timeZone: 'Pacific/Auckland' }).finished();
    const [row] = await run.rows('contacts.success');
    expect(row?.SystemModstamp).toBe(first?.SystemModstamp);
    expect(row?.LastModifiedDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });
});

describe('the automatic index', () => {
  it('imports everything at first, then exactly what changed, though the look-back reads more', async () => {
    const flow = importing({ index: indexed() });
    const first = await flow.finished();
    const option = optionOf(flow);
    expect(first.counts['contacts.success']).toBe(3_000);
    const cursor = await engine.option(option);
    expect(cursor).toBe(formatCursor(new Date(demo.org.clock.now() - 60_000)));
    expect(first.vars('contacts')).toMatchObject({ crmOptionName: option, crmStartImport: '', crmEndDate: cursor });

    const [a, b, c] = ids(await org.query('SELECT Id FROM Contact ORDER BY Id LIMIT 3'));
    await org.control(
      'records',
      [a, b, c].map((id, index) => ({
        operation: 'update',
        object: 'Contact',
        id,
        values: { LastName: `Changed ${index}` },
      })),
    );
    await org.control('clock', { advanceSeconds: 300 });
    const second = await flow.finished();
    expect(ids(await second.rows('contacts.success'))).toEqual([a, b, c]);
    expect(second.vars('contacts')).toMatchObject({ crmStartImport: cursor });

    const third = await flow.finished();
    expect(third.counts['contacts.success']).toBe(0);
  });

  it('delivers a record that was committed late, inside the look-back, and nothing else again', async () => {
    const flow = importing({ index: indexed({ lookBack: 20 }) });
    await flow.finished();
    const stamp = new Date(demo.org.clock.now() - 5 * 60_000).toISOString();
    const [late] = ids(await org.query('SELECT Id FROM Contact ORDER BY Id DESC LIMIT 1'));
    await org.control('records', [
      { operation: 'update', object: 'Contact', id: late, values: { LastName: 'Late' }, late: { stamp } },
    ]);
    await org.control('clock', { advanceSeconds: 120 });
    expect(ids(await (await flow.finished()).rows('contacts.success'))).toEqual([late]);
  });

  it('delivers a record again that was changed twice in one second, the second time committed late', async () => {
    const flow = importing({ index: indexed({ lookBack: 20 }) });
    const [twice] = ids(await org.query('SELECT Id FROM Contact ORDER BY Id DESC LIMIT 1'));
    const stamp = new Date(demo.org.clock.now()).toISOString();
    const update = (name: string, late?: { stamp: string }) =>
      org.control('records', [
        { operation: 'update', object: 'Contact', id: twice, values: { LastName: name }, ...(late ? { late } : {}) },
      ]);
    await update('First');
    await org.control('clock', { advanceSeconds: 120 });
    await flow.finished();
    await update('Second', { stamp });
    await org.control('clock', { advanceSeconds: 120 });
    const [row] = await (await flow.finished()).rows('contacts.success');
    expect([row?.Id, row?.LastName]).toEqual([twice, 'Second']);
  });

  it('delivers again what a failed run had read, since its date did not move', async () => {
    const flow = engine.flow(
      {
        contacts: {
          type: 'crm-connector',
          config: { ...defaults, connection: 'demo', object: 'Contact', fields, index: indexed() },
        },
        fails: { type: 'javascript-code', config: { mode: 'run', script: 'throw new Error("not today")' } },
      },
      ['contacts -> fails'],
    );
    const option = `LASTIMPORT_${flow.workflow().internalName}_contacts`;
    expect((await flow.finished()).state).toBe('failed');
    expect(await engine.option(option)).toBeNull();
    expect((await flow.finished()).counts['contacts.success']).toBe(3_000);
  });

  it('leaves the date to a script when asked to', async () => {
    const flow = engine.flow(
      {
        contacts: {
          type: 'crm-connector',
          config: { ...defaults, connection: 'demo', object: 'Contact', fields, index: indexed({ advance: 'inCode' }) },
        },
        advance: {
          type: 'javascript-code',
          config: { mode: 'run', script: 'setOption(vars.crmOptionName, vars.crmEndDate)' },
        },
      },
      ['contacts -> advance'],
    );
    expect((await flow.finished()).state).toBe('succeeded');
    expect((await flow.finished()).counts['contacts.success']).toBe(0);
  });

  it.each([
    ['a malformed date', 'last Tuesday', 'OPTION_MALFORMED', 'yyyy/MM/dd HH:mm:ss'],
    ['a date in the future', '2099/01/01 00:00:00', 'OPTION_IN_FUTURE', '2099/01/01 00:00:00'],
  ])('refuses %s and shows the format', async (_, value, code, words) => {
    const flow = importing({ index: indexed({ optionName: `LASTIMPORT_odd_${code}` }) });
    await inTransaction(engine.parts.db, (tx) =>
      tx('options').insert({
        name: `LASTIMPORT_odd_${code}`,
        value,
        is_cursor: false,
        updated_at: '2026-01-01T00:00:00.000Z',
        updated_by: 'test',
      }),
    );
    const run = await flow.finished();
    expect(run.error?.code).toBe(code);
    expect(`${run.error?.message} ${run.error?.action}`).toContain(words);
  });

  it('never moves back, and says so, when the date was moved on during the run', async () => {
    const flow = engine.flow(
      {
        contacts: {
          type: 'crm-connector',
          config: { ...defaults, connection: 'demo', object: 'Contact', fields, index: indexed() },
        },
        wait: { type: 'wait', config: { mode: 'duration', amount: 1, unit: 'hours' } },
      },
      ['contacts -> wait'],
    );
    const option = `LASTIMPORT_${flow.workflow().internalName}_contacts`;
    const run = await flow.started();
    await run.reached('wait', 'waiting');
    const ahead = formatCursor(new Date(demo.org.clock.now()));
    await inTransaction(engine.parts.db, (tx) =>
      changeOption(tx, { name: option, value: ahead, by: 'ann', runId: null, at: '2026-07-01T12:00:00.000Z' }),
    );
    await run.wake();
    await run.finished();
    expect(await engine.option(option)).toBe(ahead);
  });

  it('imports everything again once the option is gone', async () => {
    const flow = importing({ index: indexed() });
    await flow.finished();
    await inTransaction(engine.parts.db, (tx) =>
      tx('options')
        .where({ name: optionOf(flow) })
        .delete(),
    );
    expect((await flow.finished()).counts['contacts.success']).toBe(3_000);
  });

  it('applies the user’s order to the rows, whatever order the cursor reads in', async () => {
    const run = await importing({ index: indexed(), orderBy: [{ field: 'LastName', direction: 'asc' }] }).finished();
    const names = (await run.rows('contacts.success')).map((row) => String(row.LastName));
    expect(names).toEqual(names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  it('names an object that has no such field', async () => {
    const run = await importing({ index: indexed({ indexField: 'Email' }) }).finished();
    expect(run.error?.code).toBe('FIELD_NOT_FILTERABLE');
  });
});

describe('drift', () => {
  it('stops the run when a field is gone or has another type, and names it', async () => {
    expect((await importing({ fields: [field('Gone__c')] }).finished()).error).toMatchObject({
      code: 'FIELD_UNKNOWN',
      message: expect.stringContaining('Gone__c'),
    });
    expect((await importing({ fields: [field('Email', 'integer')] }).finished()).error?.code).toBe(
      'FIELD_TYPE_CHANGED',
    );
  });
});
