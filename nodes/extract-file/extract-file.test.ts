import { readdir } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Cell, Column } from '../../contract/types.ts';
import { engineWithFiles } from '../../test/harness/files.ts';

const { engine, put, read, place } = engineWithFiles();

type Config = Record<string, unknown>;
const people: Omit<Column, 'label'>[] = [
  { name: 'Id', type: 'integer' },
  { name: 'Name', type: 'text' },
  { name: 'Sum', type: 'decimal' },
  { name: 'At', type: 'datetime' },
  { name: 'Ok', type: 'boolean' },
];
const rows: Cell[][] = [
  [2, 'Bob, "B"', '1.5', '2024-01-31T23:30:00.000Z', true],
  [1, '=1+1', null, null, false],
  [3, '', '20', '2024-07-01T00:00:00.000Z', null],
];

const flow = (config: Config, given = rows, columns = people) =>
  engine
    .flow({ extract: { type: 'extract-file', config: { connection: 'files', path: 'out.csv', ...config } } }, [
      'input -> extract',
    ])
    .withRows('input', columns, given);
async function extracted(config: Config, given?: Cell[][]): Promise<string> {
  const run = await flow(config, given).finished();
  expect(run.describe()).toMatch(/^succeeded/);
  return (await read(String(run.vars('extract').filename))).toString();
}

describe('the file', () => {
  it('of one column has a line for null too, which is not blank', async () => {
    expect(
      await extracted({ columns: [{ column: 'Name', header: '', format: '' }] }, [[1, null, null, null, null]]),
    ).toBe('Name\r\n""\r\n');
  });

  it('has all columns as they arrive, null and empty text apart', async () => {
    expect(await extracted({})).toBe(
      [
        'Id,Name,Sum,At,Ok',
        '2,"Bob, ""B""",1.5,2024-01-31T23:30:00.000Z,true',
        '1,=1+1,,,false',
        '3,"",20,2024-07-01T00:00:00.000Z,',
        '',
      ].join('\r\n'),
    );
  });

  it('has chosen columns under other names, formats, order, separator and ends of line', async () => {
    const columns = [
      { column: 'At', header: 'Zeit', format: 'dd.MM.yyyy HH:mm' },
      { column: 'Sum', format: ',' },
      { column: 'Ok', format: 'ja/nein' },
      { column: 'Id' },
    ];
    const config = { columns, orderBy: [{ column: 'Id', direction: 'desc' }], separator: 'semicolon', lineEnd: 'lf' };
    expect(await extracted(config)).toBe(
      'Zeit;Sum;Ok;Id\n01.07.2024 00:00;20;;3\n31.01.2024 23:30;1,5;ja;2\n;;nein;1\n',
    );
  });

  it('shows times as the clocks of the node’s zone do', async () => {
    const columns = [{ column: 'At', format: 'yyyy-MM-ddTHH:mm:ss.SSSxxx' }];
    const run = await flow({ columns, header: false }).with('extract', { timeZone: 'Europe/Paris' }).finished();
    expect(run.describe()).toMatch(/^succeeded/);
    expect((await read('out.csv')).toString().split('\r\n')).toEqual([
      '2024-02-01T00:30:00.000+01:00',
      '""',
      '2024-07-01T02:00:00.000+02:00',
      '',
    ]);
  });

  it('may stand in the same column twice, and quotes everything where asked', async () => {
    const columns = [{ column: 'Id' }, { column: 'Name' }, { column: 'Id', header: 'Again' }];
    expect(await extracted({ columns, quotes: 'always' }, [[1, 'a', null, null, null]])).toBe(
      '"Id","Name","Again"\r\n"1","a","1"\r\n',
    );
  });

  it('keeps spreadsheets from running what looks like a formula, where asked', async () => {
    const disarmed = await extracted({ columns: [{ column: 'Name' }, { column: 'Id' }], formulas: 'disarm' }, [
      [-5, '=cmd()', null, null, null],
    ]);
    expect(disarmed).toBe("Name,Id\r\n'=cmd(),-5\r\n");
  });

  it('can be packed, and then is the same inside', async () => {
    await flow({ path: 'out.csv.gz', gzip: true }).finished();
    expect(gunzipSync(await read('out.csv.gz')).toString()).toBe(await extracted({}));
  });

  it.each([
    ['utf-8-bom', '\uFEFFN\r\nGrüße\r\n', 'utf8'],
    ['utf-16le', '\uFEFFN\r\nGrüße\r\n', 'utf16le'],
    ['windows-1252', 'N\r\nGrüße\r\n', 'latin1'],
  ] as const)('is written in %s', async (encoding, text, name) => {
    const columns = [{ column: 'Name', header: 'N' }];
    await flow({ columns, encoding }, [[1, 'Grüße', null, null, null]]).finished();
    expect(await read('out.csv')).toEqual(Buffer.from(text, name));
  });

  it('is not written when its encoding lacks a character, and the one before stays', async () => {
    await put('kept.csv', 'before');
    const given: Cell[][] = [...rows, [4, 'Łódź', null, null, null]];
    const run = await flow({ path: 'kept.csv', encoding: 'windows-1252' }, given).finished();
    expect(run.detail.error).toMatchObject({
      code: 'TEXT_NOT_ENCODABLE',
      details: { row: 4, column: 'Name', character: 'Ł' },
    });
    expect((await read('kept.csv')).toString()).toBe('before');
  });
});

describe('the name', () => {
  it('is a template, and travels on with the rows', async () => {
    const run = await flow({ path: 'made/<%= workflow_part() %>.csv' }, [])
      .with('extract', {
        config: { connection: 'files', path: 'made/<%= activityName %>_<%= vars.recCount ?? 0 %>.csv' },
      })
      .finished();
    expect(run.vars('extract')).toMatchObject({ filename: 'made/extract_0.csv', recCount: 0 });
    expect(await readdir(place('made'))).toEqual(['extract_0.csv']);
  });

  it('that leads out of the folder is refused', async () => {
    const run = await flow({ path: '../out.csv' }).finished();
    expect(run.detail.error).toMatchObject({ code: 'FILE_PATH' });
  });
});

describe('without rows', () => {
  it('a file with the names is written', async () => {
    expect(await extracted({}, [])).toBe('Id,Name,Sum,At,Ok\r\n');
  });

  it('or none, and one that is there stays', async () => {
    await put('out.csv', 'before');
    const run = await flow({ empty: 'none' }, []).finished();
    expect(run.vars('extract').filename).toBeUndefined();
    expect((await read('out.csv')).toString()).toBe('before');
  });
});

it('a simulation writes nothing and says what it would write', async () => {
  expect(
    engine.parts.catalog.definitions.get('extract-file')?.writesOutside?.({ path: 'a.csv', connection: 'files' }),
  ).toBe('the file a.csv of files');
});

it('rows that it writes can be loaded again as they were', async () => {
  const columns = people.map(({ name, type }) => ({ name, type }));
  const run = await engine
    .flow(
      {
        extract: { type: 'extract-file', config: { connection: 'files', path: 'round.csv.gz', gzip: true } },
        load: {
          type: 'load-file',
          config: { connection: 'files', path: '<%= vars.filename %>', emptyIsNull: false, trim: false, columns },
        },
      },
      ['input -> extract', 'extract -> load'],
    )
    .withRows('input', people, [
      [9_007_199_254_740_993n.toString(), 'a\r\n"b",c', '-0.01', '2024-01-31T23:30:00.120Z', true],
    ])
    .finished();
  expect(await run.rows('load.success')).toEqual(await run.rows('input.success'));
});

describe('while drawing', () => {
  it.each([
    [{ columns: [{ column: 'Gone' }] }, 'COLUMN_UNKNOWN', 'columns.0.column'],
    [{ orderBy: [{ column: 'Gone' }] }, 'COLUMN_UNKNOWN', 'orderBy.0.column'],
    [{ columns: [{ column: 'At', format: 'dd.MM' }] }, 'CONFIG_INVALID', 'columns.0.format'],
    [{ columns: [{ column: 'Name', format: ',' }] }, 'CONFIG_INVALID', 'columns.0.format'],
    [{ columns: [{ column: 'Id' }, { column: 'Name', header: 'Id' }] }, 'CONFIG_INVALID', 'columns.1.header'],
    [{ connection: '' }, 'CONFIG_INVALID', 'connection'],
    [{ path: '' }, 'CONFIG_INVALID', 'path'],
  ])('%j is a problem: %s at %s', (config, code, path) => {
    expect(
      flow(config)
        .problems()
        .map((issue) => `${issue.code} ${issue.path}`),
    ).toContain(`${code} ${path}`);
  });
});
