import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CheckScope } from '../../contract/node.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { type MarketingCloud, startMarketingCloud } from '../../demo/marketing-cloud/index.ts';
import { testEngine } from '../../test/harness/engine.ts';
import { passTime } from '../../test/harness/passTime.ts';
import type { RunView } from '../../test/harness/runView.ts';
import type { DataExtensionConfig } from './config.ts';
import { definition } from './definition.ts';

let cloud: MarketingCloud;
beforeAll(async () => {
  cloud = await startMarketingCloud({ subscribers: 400, clock: '2026-06-15T10:00:00Z' });
});
beforeEach(() => {
  cloud.org.faults.clear();
  cloud.org.requests.clear();
});
afterAll(() => cloud.close());

const engine = testEngine({
  loadConnection: async (name) => {
    if (name === 'files') return { kind: 'local-folder', settings: { folder: 'ftp' } };
    const { url, clientId, clientSecret } = cloud;
    return { kind: 'marketing-cloud', settings: { subdomain: url, clientId, clientSecret, accountId: '' } };
  },
});

const columns: Omit<Column, 'label'>[] = [
  { name: 'Id', type: 'text' },
  { name: 'Mail', type: 'text' },
  { name: 'Points', type: 'integer' },
  { name: 'Sum', type: 'decimal' },
  { name: 'Born', type: 'date' },
  { name: 'Seen', type: 'datetime' },
  { name: 'Ok', type: 'boolean' },
];
const person = (id: Cell, mail: Cell = null, points: Cell = null): Cell[] => [id, mail, points, null, null, null, true];

const base = {
  connection: 'cloud',
  extension: 'SUBSCRIBERS',
  key: [{ column: 'Id', attribute: 'subscriberkey' }],
  attributes: [
    { column: 'Mail', attribute: 'EmailAddress' },
    { column: 'Points', attribute: '' },
  ],
};

type Config = Partial<DataExtensionConfig>;

const flow = (config: Config, rows: Cell[][]) =>
  engine
    .flow({ send: { type: 'data-extension', config: { ...base, ...config } } }, ['input -> send'])
    .withRows('input', columns, rows);

async function sent(config: Config, rows: Cell[][]): Promise<RunView> {
  const run = await flow(config, rows).finished();
  expect(run.describe()).toMatch(/^succeeded/);
  return run;
}

async function refusal(config: Config, rows: Cell[][] = [person('P-0000001')]): Promise<unknown> {
  const run = await flow(config, rows).finished();
  expect(run.describe()).toMatch(/^failed/);
  return run.task('send').error;
}

async function play(kind: string, match: object, more: object = {}): Promise<void> {
  const body = JSON.stringify({ kind, match, ...more });
  await fetch(`${cloud.url}/__demo/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

async function rowOf(key: string, extension = 'SUBSCRIBERS'): Promise<Record<string, string> | undefined> {
  const answer = await fetch(`${cloud.url}/__demo/rows?key=${encodeURIComponent(extension)}`);
  const rows = (await answer.json()) as Record<string, string>[];
  return rows.find((row) => Object.values(row)[0]?.toLowerCase() === key.toLowerCase());
}

const reasonsOf = async (run: RunView): Promise<unknown[]> =>
  (await run.rows('send.reject')).map(({ Id, errorCode, errorSymbol, errorFields }) => [
    Id,
    errorCode,
    errorSymbol,
    errorFields,
  ]);
const puts = (): number => cloud.org.requests.since(0).filter(({ method }) => method === 'PUT').length;

describe('update only', () => {
  it('writes what is mapped to rows that are there, whatever the case of their keys, and rejects the others', async () => {
    const before = await rowOf('P-0000002');
    const run = await sent({ mode: 'update' }, [
      person('p-0000002', 'two@mail.example', 22),
      person('P-none', 'none@mail.example', 1),
    ]);
    expect(await rowOf('P-0000002')).toEqual({ ...before, EmailAddress: 'two@mail.example', Points: '22' });
    expect(await rowOf('P-none')).toBeUndefined();
    expect((await run.rows('send.success')).map(({ Id }) => Id)).toEqual(['p-0000002']);
    expect(await reasonsOf(run)).toEqual([['P-none', 'NO_MATCH', 'NO_MATCH', null]]);
  });

  it('sends nothing when none of the rows is there', async () => {
    await sent({ mode: 'update' }, [person('P-none')]);
    expect(puts()).toBe(0);
  });
});

describe('behind a change detection', () => {
  it('only what changed is sent, and what was rejected comes again', async () => {
    const run = (rows: Cell[][]) =>
      engine
        .flow(
          {
            detect: { type: 'change-detection', config: { key: ['Id'] } },
            due: { type: 'union', config: {} },
            send: { type: 'data-extension', config: { ...base, mode: 'update' } },
          },
          ['input -> detect', 'detect.new -> due', 'detect.changed -> due', 'due -> send'],
        )
        .named('changes_to_extension')
        .withRows('input', columns, rows)
        .finished();
    const others = [person('P-0000005', 'five@mail.example'), person('P-none')];
    const first = await run([person('P-0000004', 'four@mail.example'), ...others]);
    expect(first.counts).toMatchObject({ 'detect.new': 3, 'send.success': 2, 'send.reject': 1 });
    const second = await run([person('P-0000004', 'again@mail.example'), ...others]);
    expect(second.counts).toMatchObject({ 'detect.unchanged': 1, 'detect.changed': 1, 'detect.new': 1 });
    expect((await second.rows('send.success')).map(({ Id }) => Id)).toEqual(['P-0000004']);
    expect((await rowOf('P-0000004'))?.EmailAddress).toBe('again@mail.example');
  });
});

describe('add and update', () => {
  it('adds rows whose key is not there', async () => {
    const run = await sent({ mode: 'upsert' }, [
      person('N-1', 'n1@mail.example', 5),
      person('P-0000003', 'three@mail.example'),
    ]);
    expect(await rowOf('N-1')).toMatchObject({ EmailAddress: 'n1@mail.example', Points: '5', OptIn: 'False' });
    expect(await rowOf('P-0000003')).toMatchObject({ EmailAddress: 'three@mail.example', Points: '' });
    expect(await run.rows('send.reject')).toEqual([]);
  });

  it('leaves what is there where a value is empty, if it is told to', async () => {
    const before = await rowOf('P-0000004');
    await sent({ mode: 'upsert', emptyOverwrites: false }, [person('P-0000004', null, 44)]);
    expect(await rowOf('P-0000004')).toEqual({ ...before, Points: '44' });
  });

  it('finds rows by a key of several columns, mapped in any order', async () => {
    const before = await rowOf('O-1', 'order-lines');
    await sent(
      {
        extension: 'order-lines',
        mode: 'update',
        key: [
          { column: 'Points', attribute: 'LineNumber' },
          { column: 'Id', attribute: 'OrderId' },
        ],
        attributes: [{ column: 'Mail', attribute: 'Product' }],
      },
      [person('O-1', 'Kettle', 1), person('O-1', 'Nothing', 9)],
    );
    expect(await rowOf('O-1', 'order-lines')).toEqual({ ...before, Product: 'Kettle' });
  });
});

describe('a row is rejected', () => {
  it('with what is wrong with it, and the others are written', async () => {
    const run = await sent(
      { mode: 'upsert', attributes: [...base.attributes, { column: 'Born', attribute: 'Language' }] },
      [
        person('R-1', 'nowhere'),
        person(null, 'r2@mail.example'),
        person('  ', 'r3@mail.example'),
        person('R-4', 'r4@mail.example', 4),
        person('r-4', 'again@mail.example', 5),
        person('R-5', null),
        ['R-6', 'r6@mail.example', 6, null, '2026-01-01', null, null],
        person('R-7', 'r7@mail.example', '9007199254740993'),
      ],
    );
    expect(await reasonsOf(run)).toEqual([
      ['R-1', 'VALUE_REFUSED', 'InvalidEmailAddress', 'EmailAddress'],
      [null, 'KEY_EMPTY', 'KEY_EMPTY', 'Id'],
      ['  ', 'KEY_EMPTY', 'KEY_EMPTY', 'Id'],
      ['r-4', 'DUPLICATE_KEY', 'DUPLICATE_KEY', null],
      ['R-5', 'REQUIRED_MISSING', 'RequiredFieldMissing', 'EmailAddress'],
      ['R-6', 'VALUE_REFUSED', 'InvalidLocale', 'Language'],
      ['R-7', 'VALUE_REFUSED', 'InvalidNumber', 'Points'],
    ]);
    expect(await rowOf('R-4')).toMatchObject({ EmailAddress: 'r4@mail.example', Points: '4' });
    expect((await run.rows('send.success')).map(({ Id }) => Id)).toEqual(['R-4']);
  });

  it('before it is sent when its value has no form in the column', async () => {
    const attributes = [
      { column: 'Mail', attribute: 'Points' },
      { column: 'Born', attribute: 'OptIn' },
    ];
    const run = await sent({ mode: 'update', attributes }, [
      person('P-0000005', 'many'),
      ['P-0000006', '6', null, null, '2026-01-01', null, null],
    ]);
    expect(await reasonsOf(run)).toEqual([
      ['P-0000005', 'TYPE_MISMATCH', 'TYPE_MISMATCH', 'Mail'],
      ['P-0000006', 'TYPE_MISMATCH', 'TYPE_MISMATCH', 'Born'],
    ]);
    expect(puts()).toBe(0);
  });
});

describe('of the rows that arrive', () => {
  const odd: Omit<Column, 'label'>[] = [
    { name: '_row', type: 'text' },
    { name: '0', type: 'integer' },
  ];
  const config: Config = {
    mode: 'update',
    key: [{ column: '_row', attribute: 'SubscriberKey' }],
    attributes: [
      { column: '_row', attribute: 'LastName' },
      { column: '0', attribute: 'Points' },
    ],
    custom: [],
  };
  const sentOdd = (more: Config, rows: Cell[][]): Promise<RunView> =>
    engine
      .flow({ send: { type: 'data-extension', config: { ...base, ...config, ...more } } }, ['input -> send'])
      .withRows('input', odd, rows)
      .finished();

  it.each<[Config['delivery'], Config]>([
    ['requests', {}],
    ['file', { files: 'files', start: false, folder: 'odd' }],
  ])('those that are not refused go by %s, whatever their columns are called', async (delivery, more) => {
    const rows: Cell[][] = [
      ['P-0000021', 1],
      ['p-0000021 ', 2],
      [null, 3],
      ['P-0000024', 4],
      ['P-0000021', 5],
      ['P-0000026', 6],
    ];
    const run = await sentOdd({ delivery, ...more }, rows);
    expect((await run.rows('send.reject')).map((row) => [row['0'], row.errorCode])).toEqual([
      [2, 'DUPLICATE_KEY'],
      [3, 'KEY_EMPTY'],
      [5, 'DUPLICATE_KEY'],
    ]);
    expect((await run.rows('send.success')).map((row) => row['0'])).toEqual([1, 4, 6]);
    if (delivery === 'requests') expect(await rowOf('P-0000024')).toMatchObject({ LastName: 'P-0000024', Points: '4' });
    else {
      const folder = join(engine.filesFolder, 'ftp', 'odd');
      const [name = ''] = await readdir(folder);
      expect((await readFile(join(folder, name), 'utf8')).split('\r\n')).toEqual([
        '"SubscriberKey","LastName","Points"',
        '"P-0000021","P-0000021","1"',
        '"P-0000024","P-0000024","4"',
        '"P-0000026","P-0000026","6"',
        '',
      ]);
    }
  });
});

describe('values', () => {
  it('keep a day the day that it is, and an instant the instant, on servers six hours behind', async () => {
    const attributes = [
      { column: 'Born', attribute: 'BirthDate' },
      { column: 'Sum', attribute: 'Balance' },
      { column: 'Ok', attribute: 'OptIn' },
    ];
    await sent({ mode: 'update', attributes }, [['P-0000007', null, null, '12.5', '2000-02-29', null, false]]);
    expect(await rowOf('P-0000007')).toMatchObject({
      BirthDate: '2/29/2000 12:00:00 AM',
      Balance: '12.50',
      OptIn: 'False',
    });
    const seen = [{ column: 'Seen', attribute: 'BirthDate' }];
    await sent({ mode: 'update', attributes: seen }, [
      ['P-0000007', null, null, null, null, '2026-06-01T03:00:00.000Z', null],
    ]);
    expect(await rowOf('P-0000007')).toMatchObject({ BirthDate: '5/31/2026 9:00:00 PM' });
  });
});

describe('custom attributes', () => {
  it('go to columns of the same name', async () => {
    await sent({ mode: 'update', attributes: [], custom: ['Points'] }, [person('P-0000008', null, 88)]);
    expect(await rowOf('P-0000008')).toMatchObject({ Points: '88' });
  });

  it('that the data extension lacks are named, and nothing is sent', async () => {
    const error = await refusal({ custom: ['Sum', 'Born'] });
    expect(error).toMatchObject({ code: 'EXTENSION_COLUMNS', message: expect.stringContaining('"Sum", "Born"') });
    expect(puts()).toBe(0);
  });

  it('are created where that was asked for, typed, once', async () => {
    const custom = ['Sum', 'Born', 'Ok'];
    const config: Config = {
      extension: 'AUDIENCE',
      mode: 'upsert',
      key: [{ column: 'Id', attribute: 'ContactKey' }],
      attributes: [],
      custom,
      missing: 'create',
    };
    await sent(config, [['A-1', null, null, '1.5', '2026-06-01', null, true]]);
    await sent(config, [['A-2', null, null, '2', null, null, null]]);
    expect(await rowOf('A-1', 'AUDIENCE')).toMatchObject({
      Sum: '1.5000000000',
      Born: '6/1/2026 12:00:00 AM',
      Ok: 'True',
    });
    const { fields } = cloud.org.byKey(cloud.accountId, 'AUDIENCE')!;
    const made = fields.slice(3).map(({ name, type, isRequired }) => [name, type, isRequired]);
    expect(made).toEqual([
      ['Sum', 'Decimal', false],
      ['Born', 'Date', false],
      ['Ok', 'Boolean', false],
    ]);
  });

  it('are all that can be created: an attribute that is not there is refused', async () => {
    const attributes = [{ column: 'Mail', attribute: 'E-mail' }];
    expect(await refusal({ attributes, missing: 'create' })).toMatchObject({
      code: 'EXTENSION_COLUMNS',
      message: expect.stringContaining('"E-mail"'),
    });
  });
});

describe('a data extension is refused', () => {
  it('that has no primary key', async () => {
    const error = await refusal({
      extension: 'NEWSLETTER_SIGNUPS',
      key: [{ column: 'Mail', attribute: 'EmailAddress' }],
      attributes: [],
    });
    expect(error).toMatchObject({
      code: 'EXTENSION_NO_KEY',
      message: 'The data extension "NEWSLETTER_SIGNUPS" has no primary key, so no row of it can be found again.',
    });
  });

  it('that is not there', async () => {
    expect(await refusal({ extension: 'Nothing' })).toMatchObject({ code: 'EXTENSION_UNKNOWN' });
  });

  it.each([
    [[{ column: 'Id', attribute: 'LastName' }], '"SubscriberKey"; the node fills "LastName"'],
    [[...base.key, { column: 'Sum', attribute: 'LastName' }], 'the node fills "subscriberkey", "LastName"'],
  ])('whose primary key is not the one that is mapped: %j', async (key, text) => {
    expect(await refusal({ key })).toMatchObject({
      code: 'EXTENSION_KEY_UNMAPPED',
      message: expect.stringContaining(text),
    });
  });
});

describe('trouble', () => {
  it('passes without a row written twice or lost: answers that are lost, tokens that end, requests that fail', async () => {
    const rows = Array.from({ length: 2_300 }, (_, index) => person(`M-${index}`, `m${index}@mail.example`, index));
    await play('reset-after', { method: 'PUT' });
    await play('expire-token', { path: '/data/v1/async/.*status' }, { after: 1 });
    await play('status', { path: 'results' }, { times: 2 });
    const run = await sent({ mode: 'upsert' }, rows);
    expect((await run.rows('send.success')).length).toBe(2_300);
    expect(await rowOf('M-2299')).toMatchObject({ Points: '2299' });
    // Three requests, and one of them again.
    expect(puts()).toBe(4);
  });

  it('waits while a request is worked on, and asks for that request again', async () => {
    await play('slow-work', { method: 'PUT' }, { ms: 4_500 });
    const started = await flow({ mode: 'upsert' }, [person('S-1', 's1@mail.example')]).started();
    const run = await passTime(engine, started, 'send', 15_000);
    expect(run.task('send').attempt).toBeGreaterThan(1);
    expect(await run.rows('send.success')).toHaveLength(1);
    expect(puts()).toBe(1);
  });

  it('fails with what does not fit any more when a column has got another type while it waited', async () => {
    const rows = Array.from({ length: 1_500 }, (_, index) => person(`T-${index}`, `t${index}@mail.example`, index));
    await play('slow-work', { method: 'PUT' }, { ms: 4_500 });
    const attributes = [...base.attributes, { column: 'Id', attribute: 'LastName' }];
    const started = await flow({ mode: 'upsert', attributes }, rows).started();
    await expect.poll(puts).toBe(1);
    const field = cloud.org.byKey(cloud.accountId, 'SUBSCRIBERS')!.fields.find(({ name }) => name === 'LastName')!;
    const { type } = field;
    field.type = 'Number';
    const run = await passTime(engine, started, 'send', 15_000);
    field.type = type;
    expect(run.task('send').error).toMatchObject({
      code: 'TYPE_MISMATCH',
      message: expect.stringMatching(/^LastName: "T-\d+" is not a whole number/),
    });
  });

  it('takes rows that were locked for rejects that can be sent again', async () => {
    await play('refuse-rows', { method: 'PUT' }, { records: [1] });
    const run = await sent({ mode: 'upsert' }, [person('L-1', 'l1@mail.example'), person('L-2', 'l2@mail.example')]);
    expect(await reasonsOf(run)).toEqual([['L-2', 'RECORD_BUSY', 'UnexpectedError', null]]);
  });

  it('goes on in another engine where the one before stopped', async () => {
    await play('slow-work', { method: 'PUT' }, { ms: 2_000 });
    const started = await flow({ mode: 'upsert' }, [person('E-1', 'e1@mail.example')]).started();
    await expect.poll(puts).toBe(1);
    await engine.restart();
    const run = await passTime(engine, started, 'send', 15_000);
    expect(run.describe()).toMatch(/^succeeded/);
    expect(puts()).toBe(1);
    expect(await rowOf('E-1')).toBeDefined();
  });
});

describe('by file and import', () => {
  const byFile: Config = { delivery: 'file', files: 'files', mode: 'upsert' };
  beforeEach(() => {
    const ftp = cloud.org.locations.byKey('ExactTarget Enhanced FTP');
    if (ftp) ftp.folder = join(engine.filesFolder, 'ftp');
  });
  const starts = { body: 'PerformRequestMsg' };
  const laid = async (): Promise<string[]> => readdir(join(engine.filesFolder, 'ftp', 'Import'));

  it('lays one file under its name, and imports it by a definition that is made once', async () => {
    const attributes = [
      ...base.attributes,
      { column: 'Sum', attribute: 'Balance' },
      { column: 'Born', attribute: 'BirthDate' },
      { column: 'Ok', attribute: 'OptIn' },
    ];
    const drawn = flow({ ...byFile, attributes }, [
      ['F-1, "x"', 'f1@mail.example', 1, '1.5', '2000-02-29', null, true],
      ['P-0000009', 'nine@mail.example', null, null, null, null, false],
    ]);
    for (const _ of [1, 2]) expect((await drawn.finished()).describe()).toMatch(/^succeeded/);
    expect(await rowOf('F-1, "x"')).toMatchObject({
      Balance: '1.50',
      BirthDate: '2/29/2000 12:00:00 AM',
      OptIn: 'True',
    });
    expect(await rowOf('P-0000009')).toMatchObject({ EmailAddress: 'nine@mail.example', Points: '', BirthDate: '' });
    const definitions = cloud.org.definitions.of(cloud.accountId);
    expect(definitions).toMatchObject([{ updateType: 'AddAndUpdate', blankFile: 'Fail', fileType: 'CSV' }]);
    expect(await laid()).toEqual([
      expect.stringMatching(/^syncline_.*\.csv$/),
      expect.stringMatching(/^syncline_.*\.csv$/),
    ]);
    expect(puts()).toBe(0);
  });

  it('finds the rows that an import did not take, by their keys and values', async () => {
    const run = await sent(byFile, [
      person('G-1', 'g1@mail.example', 1),
      person('G-2', 'nowhere', 2),
      person('P-0000010', 'nowhere', 10),
      person('G-4', 'g4@mail.example', 4),
    ]);
    expect(await reasonsOf(run)).toEqual([
      ['G-2', 'NOT_IMPORTED', 'NOT_IMPORTED', null],
      ['P-0000010', 'NOT_IMPORTED', 'NOT_IMPORTED', null],
    ]);
    expect((await run.rows('send.success')).map(({ Id }) => Id)).toEqual(['G-1', 'G-4']);
  });

  it('tells rows that are not there from those that were not taken, where it only updates', async () => {
    const seen = [
      { column: 'Seen', attribute: 'BirthDate' },
      { column: 'Sum', attribute: 'Balance' },
    ];
    const row = (id: string, sum: string): Cell[] => [id, null, null, sum, null, '2026-06-01T03:00:00.000Z', null];
    const run = await sent({ ...byFile, mode: 'update', attributes: seen }, [
      row('p-0000011', '7.50'),
      row('none', '1'),
      row('P-0000012', '1.234'),
    ]);
    expect(await reasonsOf(run)).toEqual([
      ['none', 'NO_MATCH', 'NO_MATCH', null],
      ['P-0000012', 'NOT_IMPORTED', 'NOT_IMPORTED', null],
    ]);
    expect(await rowOf('P-0000011')).toMatchObject({ BirthDate: '5/31/2026 9:00:00 PM', Balance: '7.50' });
  });

  it('misses the last rows that an import lost', async () => {
    await play('lose-rows', starts, { rows: 2 });
    const rows = ['H-1', 'H-2', 'H-3'].map((id) => person(id, `${id}@mail.example`));
    expect((await reasonsOf(await sent(byFile, rows))).map((reason) => (reason as string[])[0])).toEqual([
      'H-2',
      'H-3',
    ]);
  });

  it('waits while the import is worked on, and starts it once', async () => {
    await play('slow-work', starts, { ms: 5_000 });
    const before = cloud.org.imports.of(cloud.accountId).length;
    const started = await flow(byFile, [person('I-1', 'i1@mail.example')]).started();
    const run = await passTime(engine, started, 'send', 15_000);
    expect(run.describe()).toMatch(/^succeeded/);
    expect(cloud.org.imports.of(cloud.accountId).length).toBe(before + 1);
  });

  it('gives an import up of which nothing is told for an hour, and asks for the same one when it is tried again', async () => {
    await play('slow-work', starts, { ms: 600_000 });
    const before = cloud.org.imports.of(cloud.accountId).length;
    const started = await flow(byFile, [person('N-1', 'n1@mail.example')]).started();
    await expect.poll(() => cloud.org.imports.of(cloud.accountId).length).toBe(before + 1);
    const [own] = cloud.org.imports.of(cloud.accountId).slice(-1);
    Object.assign(own!, { status: 'Unknown' });
    const run = await passTime(engine, started, 'send', 3_600_000);
    expect(run.task('send').error).toMatchObject({
      code: 'IMPORT_NO_END',
      message: expect.stringMatching(/for 1 hours .* "Unknown"/),
    });
    expect(cloud.org.imports.of(cloud.accountId).length).toBe(before + 1);
  });

  it('waits while an earlier file of the same import is worked on', async () => {
    const drawn = flow(byFile, [person('V-1', 'v1@mail.example')]);
    expect((await drawn.finished()).describe()).toMatch(/^succeeded/);
    const [earlier] = cloud.org.imports.of(cloud.accountId).slice(-1);
    // Servers' time is six hours behind.
    const wall = new Date(engine.clock.now().getTime() - 7 * 3_600_000).toISOString().slice(0, -1);
    Object.assign(earlier!, { status: 'New', started: wall });
    const before = cloud.org.imports.of(cloud.accountId).length;
    const started = await drawn.started();
    await expect.poll(async () => (await started.now()).task('send').state).toBe('waiting');
    expect(cloud.org.imports.of(cloud.accountId).length).toBe(before);
    Object.assign(earlier!, { status: 'Completed' });
    expect((await passTime(engine, started, 'send', 15_000)).describe()).toMatch(/^succeeded/);
    expect(cloud.org.imports.of(cloud.accountId).length).toBe(before + 1);
  });

  it('says that an import failed, and begins with the file when it is tried again', async () => {
    await play('fail-work', starts);
    expect(await refusal(byFile, [person('J-1', 'j1@mail.example')])).toMatchObject({
      code: 'IMPORT_FAILED',
      message: expect.stringContaining('could not import syncline_'),
    });
    expect(await rowOf('J-1')).toBeUndefined();
  });

  it('ends with the file where somebody else imports it', async () => {
    const before = cloud.org.imports.of(cloud.accountId).length;
    const run = await sent({ ...byFile, start: false, folder: '', draft: false }, [person('K-1', 'k1@mail.example')]);
    const files = (await readdir(join(engine.filesFolder, 'ftp'))).filter((name) => name.endsWith('.csv'));
    expect(await readFile(join(engine.filesFolder, 'ftp', files[0] ?? ''), 'utf8')).toBe(
      '"SubscriberKey","EmailAddress","Points"\r\n"K-1","k1@mail.example",\r\n',
    );
    expect([(await run.rows('send.success')).length, cloud.org.imports.of(cloud.accountId).length]).toEqual([
      1,
      before,
    ]);
  });

  it.each([
    [{ location: 'Nowhere' }, 'LOCATION_UNKNOWN'],
    [{ files: 'gone' }, 'CONNECTION_KIND'],
  ])('is refused with %j', async (wrong, code) => {
    expect(await refusal({ ...byFile, ...wrong }, [person('Q-1', 'q1@mail.example')])).toMatchObject({ code });
  });
});

describe('while drawing', () => {
  const parse = (config: Config) => definition.config.safeParse({ ...definition.defaults, ...base, ...config });

  it.each<[Config, string]>([
    [{ connection: '' }, 'choose a connection'],
    [{ delivery: 'file' }, 'choose where files are laid'],
    [{ delivery: 'file', files: 'f', location: ' ' }, 'name the file location'],
    [{ delivery: 'file', files: 'f', emptyOverwrites: false }, 'an import always overwrites'],
    [{ extension: ' ' }, 'copy the external key'],
    [{ key: [] }, 'map the primary key'],
    [{ custom: ['EMAILADDRESS'] }, 'another line fills'],
    [{ attributes: [{ column: '', attribute: 'x' }] }, 'choose a column'],
  ])('%j is a problem', (config, message) => {
    expect(JSON.stringify(parse(config).error?.issues)).toContain(message);
  });

  it('columns that do not arrive, and connections of another kind, are problems', () => {
    const scope = {
      node: { id: 'n' },
      inputs: [{ fromNode: 'a', port: 'success', columns: [{ name: 'Id', label: 'Id', type: 'text' }] }],
      connections: [{ name: 'cloud', kind: 'smtp', capabilities: ['mail'] }],
      workflows: null,
      workflow: 'w',
    } as unknown as CheckScope;
    const issues = definition.check?.({ ...definition.defaults, ...base }, scope) ?? [];
    expect(issues.map(({ code, path }) => [code, path])).toEqual([
      ['CONNECTION_KIND', 'connection'],
      ['COLUMN_UNKNOWN', 'attributes.0.column'],
      ['COLUMN_UNKNOWN', 'attributes.1.column'],
    ]);
  });

  it('the node says what it does', () => {
    const config = { ...definition.defaults, ...base };
    expect(definition.summary(config)).toBe('SUBSCRIBERS · update by subscriberkey · 2 attributes');
    expect(definition.writesOutside?.(config)).toBe('update rows of the data extension SUBSCRIBERS');
  });
});
