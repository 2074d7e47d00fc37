import { appendFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { engineWithFiles } from '../../test/harness/files.ts';

const { engine, put, place } = engineWithFiles();

type Config = Record<string, unknown>;
let files = 0;

/** Loads a file of that content. */
async function load(content: string | Uint8Array, config: Config, name = `in/${++files}.txt`) {
  await put(name, content);
  return loaded({ path: name, ...config });
}
const flow = (config: Config) =>
  engine.flow({ load: { type: 'load-file', config: { connection: 'files', ...config } } }, []);
const loaded = (config: Config) => flow(config).finished();

const column = (name: string, type = 'text', more: Config = {}) => ({ name, type, ...more });
const reasons = (rows: Record<string, unknown>[]) =>
  rows.map(({ line, errorCode, errorFields }) => [line, errorCode, errorFields]);

describe('a delimited file', () => {
  it('is read with quotes, doubled quotes, separators and ends of line in fields, and columns by name', async () => {
    const text = 'b;ignored;A\r\n"x;1";?;"say ""hi"""\r\n"two\r\nlines";?; c \r\n\r\n;?;last';
    const run = await load(text, { separator: 'semicolon', columns: [column('a'), column('b')] });
    expect(await run.rows('load.success')).toEqual([
      { a: 'say "hi"', b: 'x;1' },
      { a: 'c', b: 'two\r\nlines' },
      { a: 'last', b: null },
    ]);
    expect(run.vars('load')).toMatchObject({ filename: 'in/1.txt', recCount: 3 });
  });

  it('without a first line of names is read by place or number', async () => {
    const run = await load('1|x|ann\n2|y|bob\n', {
      separator: 'pipe',
      header: false,
      columns: [column('id', 'integer'), column('name', 'text', { from: '3' })],
    });
    expect(await run.rows('load.success')).toEqual([
      { id: 1, name: 'ann' },
      { id: 2, name: 'bob' },
    ]);
  });

  it.each([
    ['\n', 'a\n1\n2\n'],
    ['\r\n', 'a\r\n1\r\n2'],
    ['\r', 'a\r1\r2\r'],
    ['both kinds', 'a\r\n1\n2\r\n'],
  ])('may end its lines by %j', async (_, text) => {
    const run = await load(text, { columns: [column('a', 'integer')] });
    expect(await run.rows('load.success')).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('rejects lines with other numbers of fields and quotes that are odd, each with its line', async () => {
    const text = 'a,b\n1,2\n3\n"x\ny",4\n5,6,7\n"u"v,8\n9,10\n';
    const run = await load(text, { columns: [column('a'), column('b')] });
    expect((await run.rows('load.success')).map((row) => Object.values(row))).toEqual([
      ['1', '2'],
      ['x\ny', '4'],
      ['9', '10'],
    ]);
    const rejects = await run.rows('load.reject');
    expect(reasons(rejects)).toEqual([
      [3, 'LINE_MALFORMED', null],
      [6, 'LINE_MALFORMED', null],
      [7, 'LINE_MALFORMED', null],
    ]);
    expect(rejects[0]).toMatchObject({
      record: '3',
      errorMessage: 'Line 3 cannot be read: it has 1 field, 2 were expected.',
    });
  });

  it('takes uneven lines where it is told to', async () => {
    const run = await load('a,b\n1\n2,3,4\n', { uneven: 'fill', columns: [column('a'), column('b')] });
    expect(await run.rows('load.success')).toEqual([
      { a: '1', b: null },
      { a: '2', b: '3' },
    ]);
  });

  it('whose first line lacks a column is refused by its name', async () => {
    const run = await load('a,c\n1,2\n', { columns: [column('a'), column('b')] });
    expect(run.detail.error).toMatchObject({ code: 'FILE_HEADER', details: { column: 'b', found: 'a, c' } });
  });

  it('with a quote that is never closed loses that line only', async () => {
    const long = `${'x'.repeat(999)}\n`;
    for (const lines of [3, 2_500]) {
      const run = await load(`a\n1\n"${long.repeat(lines)}`, { columns: [column('a')] });
      expect(reasons(await run.rows('load.reject'))).toEqual([[3, 'LINE_MALFORMED', null]]);
      expect(run.counts['load.success']).toBe(lines);
    }
  });

  it('without ends of line is not read into memory', async () => {
    for (const text of ['x', '"x', 'a\n"x']) {
      const run = await load(text + 'x'.repeat(3_000_000), { columns: [column('a')] });
      expect(run.detail.error?.code).toBe('FILE_DAMAGED');
    }
  });

  it('of names only has no rows, and an empty one neither', async () => {
    expect(await (await load('a\n', { columns: [column('a')] })).rows('load.success')).toEqual([]);
    expect(await (await load('', { columns: [column('a')] })).rows('load.success')).toEqual([]);
  });
});

describe('other formats', () => {
  it('columns of fixed width are cut by their characters; a short line has no value behind its end', async () => {
    const run = await load('head\n001Äda  20240131\n002Bob', {
      format: 'fixed',
      skipLines: 1,
      columns: [
        column('id', 'integer', { start: 1, width: 3 }),
        column('name', 'text', { start: 4, width: 5 }),
        column('day', 'date', { start: 9, width: 8, format: 'yyyyMMdd' }),
      ],
    });
    expect(await run.rows('load.success')).toEqual([
      { id: 1, name: 'Äda', day: '2024-01-31' },
      { id: 2, name: 'Bob', day: null },
    ]);
  });

  it('JSON lines keep their types, and a path leads to what lies below', async () => {
    const text = '{"id":1,"address":{"city":"Ulm"},"tags":["a"],"a.b":2}\n{"id":"x"}\nnonsense\n[1]\n';
    const run = await load(text, {
      format: 'jsonLines',
      columns: [
        column('id', 'integer'),
        column('city', 'text', { from: 'address.city' }),
        column('tags', 'json'),
        column('ab', 'integer', { from: 'a.b' }),
      ],
    });
    expect(await run.rows('load.success')).toEqual([{ id: 1, city: 'Ulm', tags: ['a'], ab: 2 }]);
    expect(reasons(await run.rows('load.reject'))).toEqual([
      [2, 'TYPE_MISMATCH', 'id'],
      [3, 'LINE_MALFORMED', null],
      [4, 'LINE_MALFORMED', null],
    ]);
  });

  it('what gzip packed is unpacked, in several parts too', async () => {
    const packed = Buffer.concat([gzipSync('a\n1\n'), gzipSync('2\n')]);
    const run = await load(packed, { columns: [column('a', 'integer')] });
    expect(await run.rows('load.success')).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('what is packed and cut short is refused', async () => {
    const packed = gzipSync(`a\n${'123456\n'.repeat(10_000)}`).subarray(0, 60);
    const run = await load(packed, { columns: [column('a')] });
    expect(run.detail.error?.code).toBe('FILE_DAMAGED');
  });

  it.each([
    ['utf-8', Buffer.from('\uFEFFa\nGrüße\n')],
    ['utf-16le', Buffer.from('\uFEFFa\nGrüße\n', 'utf16le')],
    ['utf-16be', Buffer.from('\uFEFFa\nGrüße\n', 'utf16le').swap16()],
    ['windows-1252', Buffer.from('a\nGr\xfc\xdfe\n', 'latin1')],
  ])('text in %s is read', async (encoding, bytes) => {
    const run = await load(bytes, { encoding, columns: [column('a')] });
    expect(await run.rows('load.success')).toEqual([{ a: 'Grüße' }]);
  });

  it('a record with bytes that the encoding does not have is rejected', async () => {
    const run = await load(Buffer.from('a\nGr\xfc\xdfe\nfine\n', 'latin1'), { columns: [column('a')] });
    expect(await run.rows('load.success')).toEqual([{ a: 'fine' }]);
    expect(reasons(await run.rows('load.reject'))).toEqual([[2, 'TYPE_MISMATCH', 'a']]);
  });
});

describe('a value', () => {
  it.each([
    ['integer', '', '007', 7],
    ['decimal', ',', '1.234,50', '1234.5'],
    ['decimal', '.', "1'234.50", '1234.5'],
    ['number', '', '1e3', 1000],
    ['boolean', 'ja/nein', 'JA', true],
    ['boolean', '', '0', false],
    ['date', 'd.M.yy', '1.2.03', '2003-02-01'],
    ['datetime', '', '2024-07-01 12:00', '2024-07-01T12:00:00.000Z'],
    ['datetime', 'dd.MM.yyyy HH:mm:ss', '31.01.2024 23:30:00', '2024-01-31T23:30:00.000Z'],
    ['datetime', 'MM/dd/yyyy hh:mm a', '01/31/2024 12:05 am', '2024-01-31T00:05:00.000Z'],
    ['datetime', 'yyyy-MM-ddTHH:mm:ss.SSSxxx', '2024-01-31T23:30:00.120+02:00', '2024-01-31T21:30:00.120Z'],
    ['json', '', '{"a":[1]}', { a: [1] }],
  ])('of the type %s, written as %j: %s', async (type, format, text, value) => {
    const run = await load(`v\t\n${text}\t\n`, {
      separator: 'tab',
      quoted: false,
      columns: [column('v', type, { format })],
    });
    expect(await run.rows('load.success')).toEqual([{ v: value }]);
  });

  it.each([
    ['decimal', ',', '1.5'],
    ['decimal', ',', '1.50'],
    ['decimal', '.', '1,5'],
    ['integer', '.', '12,34'],
    ['number', ',', '1.234.5'],
  ])(
    'of the type %s with the decimal sign %j is not %s: a sign at no thousands is refused, not left away',
    async (type, format, text) => {
      const run = await load(`v\t\n${text}\t\n`, {
        separator: 'tab',
        quoted: false,
        columns: [column('v', type, { format })],
      });
      expect(await run.rows('load.success')).toEqual([]);
      expect(reasons(await run.rows('load.reject'))).toEqual([[2, 'TYPE_MISMATCH', 'v']]);
    },
  );

  it('that cannot be read rejects the record, is left out or becomes another, as its column says', async () => {
    const rules = [
      column('id', 'integer'),
      column('day', 'date', { onError: 'null' }),
      column('size', 'decimal', { onError: 'default', fallback: '1.5' }),
      column('must', 'text', { required: true }),
    ];
    const run = await load('id,day,size,must\n1,x,y,z\ntwo,,,z\n3,2024-02-30,,\n', { columns: rules });
    expect(await run.rows('load.success')).toEqual([{ id: 1, day: null, size: '1.5', must: 'z' }]);
    const rejects = await run.rows('load.reject');
    expect(reasons(rejects)).toEqual([
      [3, 'TYPE_MISMATCH', 'id'],
      [4, 'TYPE_MISMATCH', 'must'],
    ]);
    expect(rejects[0]).toMatchObject({ record: 'two,,,z', errorMessage: 'id: "two" is not a whole number.' });
    expect(run.state).toBe('succeeded with rejects');
  });

  it('that is empty is none, or an empty text where a person says so', async () => {
    const columns = [column('a'), column('b', 'integer')];
    const run = await load('a,b\n,\n', { emptyIsNull: false, columns });
    expect(await run.rows('load.success')).toEqual([{ a: '', b: null }]);
  });
});

describe('rejects', () => {
  const text = `n\n${'x\n'.repeat(5)}1\n`;

  it('beyond the limit fail the node, and the reason is told', async () => {
    const run = await load(text, { rejectLimit: 4, columns: [column('n', 'integer')] });
    expect(run.detail.error).toMatchObject({ code: 'REJECT_LIMIT', details: { limit: 4 } });
    expect(run.detail.error?.message).toContain('line 6');
  });

  it('show the text of their records only to those who may see what is personal', async () => {
    const run = await load('n\nann@mail.example\n', { columns: [column('n', 'integer')] });
    const personal = run.table('load.reject').columns.filter((column) => column.personal);
    expect(personal.map(({ name }) => name).sort()).toEqual(['errorMessage', 'record']);
  });

  it('within it do not, and 0 allows any number', async () => {
    for (const rejectLimit of [5, 0]) {
      const run = await load(text, { rejectLimit, columns: [column('n', 'integer')] });
      expect(run.counts).toMatchObject({ 'load.success': 1, 'load.reject': 5 });
    }
  });
});

describe('which files', () => {
  it('a mask loads all that match, by name, with name and line where asked', async () => {
    await put('many/b.csv', 'a\n3\n');
    await put('many/a.csv', 'a\n1\n2\n');
    await put('many/c.txt', 'a\n9\n');
    const run = await loaded({ path: 'many/*.csv', origin: true, columns: [column('a', 'integer')] });
    expect(await run.rows('load.success')).toEqual([
      { a: 1, fileName: 'a.csv', fileLine: 2 },
      { a: 2, fileName: 'a.csv', fileLine: 3 },
      { a: 3, fileName: 'b.csv', fileLine: 2 },
    ]);
  });

  it('one that is not there fails, or is left out', async () => {
    const config = { path: 'none.csv', columns: [column('a')] };
    expect((await loaded(config)).detail.error).toMatchObject({ code: 'FILE_MISSING' });
    const run = await loaded({ ...config, missing: 'empty' });
    expect(await run.rows('load.success')).toEqual([]);
  });

  it('a path that leads out of the folder is refused', async () => {
    const run = await loaded({ path: '../secret.key', columns: [column('a')] });
    expect(run.detail.error).toMatchObject({ code: 'FILE_PATH' });
  });

  it('rows that arrive name them, each once', async () => {
    await put('named/1', 'a\n1\n');
    await put('named/2', 'a\n2\n');
    const config = { source: 'rows', columns: [column('a', 'integer')] };
    const run = await engine
      .flow({ load: { type: 'load-file', config: { connection: 'files', ...config } } }, ['input -> load'])
      .withRows('input', [{ name: 'path', type: 'text' }], [['named/2'], ['named/1'], ['named/2']])
      .finished();
    expect(await run.rows('load.success')).toEqual([{ a: 2 }, { a: 1 }]);
  });

  it('one that grows while it is read is read again as a whole', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `${index}\n`).join('');
    await put('growing.csv', `n\n${lines}`);
    let grown = false;
    const onCall = async (call: string): Promise<void> => {
      if (call !== 'append' || grown) return;
      grown = true;
      await appendFile(place('growing.csv'), '3000\n');
    };
    const run = await flow({ path: 'growing.csv', columns: [column('n', 'integer')] })
      .watched('load', { onCall })
      .with('load', { retry: { attempts: 3, delay: 0, maxDelay: 0 } })
      .finished();
    expect(grown).toBe(true);
    expect(run.counts['load.success']).toBe(3_001);
    expect(run.task('load').attempt).toBe(2);
  });
});

it('an attempt that dies half-way leaves nothing to be read twice, and no record out', async () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => (index % 100 === 7 ? 'x\n' : `${index}\n`));
  await put('long.csv', `n\n${lines.join('')}`);
  const config = { path: 'long.csv', rejectLimit: 0, columns: [column('n', 'integer')] };
  for (const number of [2, 5, 9]) {
    const run = await flow(config).interrupted('load', { call: 'append', number, when: 'after' }).finished();
    expect(run.task('load').attempt).toBe(2);
    expect((await run.rows('load.success')).map(({ n }) => n)).toEqual(
      lines.flatMap((_, index) => (index % 100 === 7 ? [] : [index])),
    );
    expect((await run.rows('load.reject')).map(({ line }) => line)).toEqual(
      lines.flatMap((_, index) => (index % 100 === 7 ? [index + 2] : [])),
    );
  }
});

describe('while drawing', () => {
  const problems = (config: Config) =>
    flow({ path: 'a.csv', ...config })
      .problems()
      .filter(({ code }) => code === 'CONFIG_INVALID')
      .map(({ path }) => path);

  it.each([
    [{ columns: [] }, 'columns'],
    [{ columns: [column('')] }, 'columns.0.name'],
    [{ columns: [column('a'), column('a')] }, 'columns.1.name'],
    [{ columns: [column('fileLine')], origin: true }, 'columns.0.name'],
    [{ columns: [column('a', 'date', { format: 'dd.MM' })] }, 'columns.0.format'],
    [{ columns: [column('a', 'date', { format: 'dd.MM.yyyy Q' })] }, 'columns.0.format'],
    [{ columns: [column('a', 'datetime', { format: 'dd.MM.yyyy' })] }, 'columns.0.format'],
    [{ columns: [column('a', 'decimal', { format: ';' })] }, 'columns.0.format'],
    [{ columns: [column('a', 'boolean', { format: 'yes' })] }, 'columns.0.format'],
    [{ columns: [column('a', 'integer', { onError: 'default', fallback: 'x' })] }, 'columns.0.fallback'],
    [{ columns: [column('a')], separator: 'other', otherSeparator: '"' }, 'otherSeparator'],
    [{ columns: [column('a')], path: ' ' }, 'path'],
    [{ columns: [column('a')], connection: '' }, 'connection'],
  ])('%j is a problem at %s', (config, path) => {
    expect(problems(config)).toContain(path);
  });

  it('rows that name files need an inbound transition', () => {
    const issues = flow({ source: 'rows', columns: [column('a')] }).problems();
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toContain('INPUT_MISSING source');
  });
});
