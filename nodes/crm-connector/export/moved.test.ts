/** Leads that were converted, and keys that several or no records have. */
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../contract/types.ts';
import { readMarks } from '../../../server/exports/marks.ts';
import type { Row, Settings } from '../../../test/harness/exports.ts';
import { exportTests, mapped } from '../../../test/harness/exports.ts';
import { defaults } from '../config.ts';
import { exportDefaults } from '../exportConfig.ts';

const { org, flow, kept, engine, requests } = await exportTests(300, 7);

const types: Record<string, ColumnType> = { who: 'text', company: 'text', at: 'datetime' };
const company = mapped('Company', 'company');
const byKey = mapped('External_Id__c', 'who');
const stays = { object: 'Contact', follow: false };
const follows = { object: 'Contact', follow: true };
const leads: Settings = {
  object: 'Lead',
  mode: 'update',
  key: 'External_Id__c',
  mapping: [byKey, company],
  moved: stays,
};
const sends = (rows: readonly Row[], more: Settings = {}) => flow(types, rows, { ...leads, ...more });
const approval = { always: true, deletes: null, updates: null, share: null };

async function make(object: string, values: Row): Promise<string> {
  await org().control('records', [{ operation: 'create', object, values }]);
  const [[name, value] = []] = Object.entries(values);
  const [found] = await org().query(`SELECT Id FROM ${object} WHERE ${name} = '${value}' ORDER BY CreatedDate DESC`);
  return String(found?.Id);
}
const lead = (who: string, more: Row = {}) =>
  make('Lead', { External_Id__c: who, LastName: who, Company: 'Before', ...more });

/** As `convertLead` leaves it: nobody can write these fields by another way. */
async function convert(who: string): Promise<string> {
  const contact = await make('Contact', { External_Id__c: `contact of ${who}`, LastName: who });
  const values = { IsConverted: true, ConvertedContactId: contact, Status: 'Closed - Converted' };
  await org().control('records', [{ operation: 'update', object: 'Lead', externalId: who, values, unchecked: true }]);
  return contact;
}

function crm(object: string, settings: Settings) {
  const { object: _, operation: __, ...own } = settings;
  const config = { ...defaults, operation: 'export' as const, connection: 'demo', object };
  return { type: 'crm-connector', config: { ...config, export: { ...exportDefaults, ...own } } };
}

describe('a lead that was converted', () => {
  it('is rejected with the id of its contact, whatever it holds', async () => {
    const id = await lead('gone');
    const contact = await convert('gone');
    await lead('open');
    const rows = ['gone', 'open'].map((who) => ({ who, company: 'Before' }));
    const started = await sends(rows).started();
    const run = await started.finished();
    expect((await run.rows('send.success')).map(({ who, outcome }) => [who, outcome])).toEqual([['open', 'unchanged']]);
    expect((await run.rows('send.reject')).map(({ who, errorCode, movedTo }) => [who, errorCode, movedTo])).toEqual([
      ['gone', 'RECORD_MOVED', contact],
    ]);
    const [told] = (await kept(started)).records;
    expect(told).toMatchObject({ outcome: 'rejected', errorCode: 'RECORD_MOVED' });
    expect(String(told?.errorMessage)).toContain(`Contact ${contact} has taken its place`);
    expect(id).toMatch(/^00Q/);
  });

  it('is followed: a second node writes its contact, under a plan of its own', async () => {
    await lead('followed');
    const contact = await convert('followed');
    const settings = { ...leads, moved: follows };
    const first = crm('Lead', settings);
    const mapping = [mapped('Id', 'movedTo'), mapped('Title', 'company')];
    const second = crm('Contact', { mode: 'update', key: 'Id', mapping });
    const columns = [
      { name: 'who', type: 'text' as const },
      { name: 'company', type: 'text' as const },
    ];
    const started = await engine
      .flow({ send: first, contact: second }, ['input -> send', 'send.moved -> contact'])
      .withRows('input', columns, [['followed', 'After']])
      .started();
    const run = await started.finished();
    expect([run.error, run.state]).toEqual([null, 'succeeded']);
    expect(run.counts).toMatchObject({ 'send.success': 0, 'send.reject': 0, 'send.moved': 1, 'contact.success': 1 });
    expect(await run.rids('contact.success')).toEqual(await run.rids('input.success'));
    expect(await org().query(`SELECT Title FROM Contact WHERE Id = '${contact}'`)).toMatchObject([{ Title: 'After' }]);
    const { db } = engine.parts;
    const exports = await db('exports').where({ run_id: started.id }).orderBy('object');
    expect(
      exports.map(({ object, counts, open_rejects }) => [object, JSON.parse(counts).outcomes, open_rejects]),
    ).toEqual([
      ['Contact', { updated: 1 }, 0],
      ['Lead', { moved: 1 }, 0],
    ]);
    expect((await readMarks(db, exports[1].id)).all).toEqual([]);
  });

  it('leaves by an output of its own of a plan, too', async () => {
    await lead('planned');
    const contact = await convert('planned');
    const run = await sends([{ who: 'planned', company: 'x' }], { moved: follows, planOnly: true }).finished();
    expect((await run.rows('send.plan')).map(({ action }) => action)).toEqual(['moved']);
    expect((await run.rows('send.moved')).map(({ movedTo }) => movedTo)).toEqual([contact]);
  });

  it.each([
    ['rejected', stays, 'never'],
    ['followed', follows, 'never'],
    ['rejected', stays, 'always'],
  ] as const)('after the plan is %s all the same (%o, batches: %s)', async (word, moved, batches) => {
    const who = `later ${word} ${batches}`;
    await lead(who);
    const started = await sends([{ who, company: 'After' }], { moved, batches, approval }).started();
    await started.reached('send', 'waiting');
    const contact = await convert(who);
    await started.decide('send', true);
    const run = await started.finished();
    const [row] = await run.rows(word === 'followed' ? 'send.moved' : 'send.reject');
    expect(row).toMatchObject({ who, movedTo: contact });
    expect((await kept(started)).records).toMatchObject([
      { errorCode: 'RECORD_MOVED', outcome: word === 'followed' ? 'moved' : 'rejected' },
    ]);
  });

  it('in the instant before it is written is refused by Salesforce, and looked at again', async () => {
    const who = 'at once';
    const id = await lead(who);
    const drawn = sends([{ who, company: 'After' }]);
    let contact = '';
    let looks = 0;
    const started = await drawn
      .watched('send', {
        async onCall(call) {
          // The note of the request lies between the last look and the write.
          if (call !== 'append' || contact !== '' || !(await looked(id))) return;
          looks += 1;
          contact = await convert(who);
        },
      })
      .started();
    await started.reached('send', 'waiting');
    await started.wake();
    const run = await started.finished();
    expect(looks).toBe(1);
    expect((await run.rows('send.reject')).map(({ errorCode, movedTo }) => [errorCode, movedTo])).toEqual([
      ['RECORD_MOVED', contact],
    ]);
    expect((await kept(started)).calls.map(({ event }) => event)).toEqual(['sending']);
  });

  /** Whether the record was read once more by its id. */
  async function looked(id: string): Promise<boolean> {
    const asked = (await requests()).map(({ query }) => decodeURIComponent(query).replaceAll('+', ' '));
    return asked.some((query) => query.includes('Company') && query.includes(`Id IN ('${id}')`));
  }
});

describe.each(['Lead', 'Contact'])('a key that is no key of the CRM, of a %s,', (object) => {
  const ordinary = object === 'Lead' ? 'Company' : 'Title';
  const needs = object === 'Lead' ? { Company: 'Matched' } : {};
  const one = (values: Row): Promise<string> => make(object, { ...values, LastName: 'Matched', ...needs, ...values });
  const byField = (field: string, mode: 'update' | 'upsert'): Settings => {
    const written = mapped('Consent_Email__c', 'yes', { type: 'boolean' });
    const required = mode === 'update' ? [] : [mapped('LastName', 'name')];
    const company = object === 'Lead' && field !== 'Company' && mode === 'upsert' ? [mapped('Company', 'name')] : [];
    return { object, mode, key: field, mapping: [mapped(field, 'who'), written, ...required, ...company] };
  };
  const columns: Record<string, ColumnType> = { who: 'text', yes: 'boolean', name: 'text' };
  const rowsFor = (keys: string[]): Row[] => keys.map((who) => ({ who, yes: true, name: 'Matched' }));
  const codes = async (keys: string[], settings: Settings) => {
    const run = await flow(columns, rowsFor(keys), settings).finished();
    expect(run.error).toBeNull();
    const [success, reject] = [await run.rows('send.success'), await run.rows('send.reject')];
    return [success.map(({ who, outcome }) => [who, outcome]), reject.map(({ who, errorCode }) => [who, errorCode])];
  };

  it.each(['Email', ordinary])('%s, finds one record, and tells of none and of several', async (field) => {
    const of = (name: string): string => `${name}.${object}.${field}@example.com`.toLowerCase();
    await one({ [field]: of('one') });
    for (const _ of [1, 2]) await one({ [field]: of('two') });
    const keys = ['one', 'two', 'none'].map(of);
    expect(await codes(keys, byField(field, 'update'))).toEqual([
      [[of('one'), 'updated']],
      [
        [of('two'), 'AMBIGUOUS_MATCH'],
        [of('none'), 'NO_MATCH'],
      ],
    ]);
  });

  it('Email, creates what it does not find when it may', async () => {
    const of = (name: string): string => `${name}.${object}.upsert@example.com`.toLowerCase();
    await one({ Email: of('one') });
    for (const _ of [1, 2]) await one({ Email: of('two') });
    expect(await codes(['one', 'two', 'none'].map(of), byField('Email', 'upsert'))).toEqual([
      [
        [of('one'), 'updated'],
        [of('none'), 'created'],
      ],
      [[of('two'), 'AMBIGUOUS_MATCH']],
    ]);
  });

  it('an ordinary field, cannot decide what is created, and is refused before anything is written', async () => {
    const asked = await requests();
    const run = await flow(columns, rowsFor(['x']), byField(ordinary, 'upsert')).finished();
    expect([run.state, run.error?.code]).toEqual(['failed', 'KEY_UNFIT']);
    const since = (await requests()).slice(asked.length);
    expect(since.filter(({ method, path }) => method !== 'GET' && path.includes('sobjects'))).toEqual([]);
  });
});
