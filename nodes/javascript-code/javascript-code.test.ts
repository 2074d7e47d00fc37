import { describe, expect, it } from 'vitest';
import type { Cell, Column } from '../../contract/types.ts';
import { testEngine } from '../../test/harness/engine.ts';
import { messyPeople, peopleColumns } from '../../test/harness/people.ts';
import type { JavascriptCodeConfig } from './definition.ts';
import { definition } from './definition.ts';

const engine = testEngine();

const columns: Column[] = [
  { name: 'Id', label: 'Record id', type: 'text', identifying: true },
  { name: 'Score', label: 'Score', type: 'integer' },
];
const rows: Cell[][] = [
  ['a', 1],
  ['b', null],
  ['c', 3],
];

const code = (
  config: Partial<JavascriptCodeConfig>,
  input: { columns: Column[]; rows: Cell[][] } | null = { columns, rows },
) =>
  input
    ? engine
        .flow({ code: { type: 'javascript-code', config } }, ['input -> code'])
        .withRows('input', input.columns, input.rows)
    : engine.flow({ start: { type: 'start' }, code: { type: 'javascript-code', config } }, ['start -> code']);

describe('once per run', () => {
  it('sets variables that travel on, and lets the rows pass as they are', async () => {
    const run = await code({
      script: 'vars.sum = 0; for await (const record of records) vars.sum += record.Score ?? 0;',
    }).finished();
    expect(run.error).toBeNull();
    expect(run.vars('code')).toMatchObject({ sum: 4 });
    expect(run.output('code.success')?.table).toEqual(run.output('input.success')?.table);
  });

  it('goes on without rows when none arrive', async () => {
    const run = await code({ script: 'vars.done = true' }, null).finished();
    expect(run.counts).toEqual({ 'start.success': null, 'code.success': null });
    expect(run.vars('code')).toMatchObject({ done: true });
  });

  it('begins by itself when no transition leads to it', async () => {
    const run = await engine
      .flow(
        {
          code: {
            type: 'javascript-code',
            config: { script: 'emit({ n: 1 })', columns: [{ name: 'n', type: 'integer' }] },
          },
        },
        [],
      )
      .finished();
    expect(await run.rows('code.success')).toEqual([{ n: 1 }]);
  });

  it('gives the rows that it emits, in the declared columns and types', async () => {
    const run = await code({
      script: `for await (const record of records) {
        if (record.Score !== null) emit({ key: record.Id.toUpperCase(), twice: record.Score * 2, on: '2026-01-31' });
      }`,
      columns: [
        { name: 'key', type: 'text' },
        { name: 'twice', type: 'number' },
        { name: 'on', type: 'date' },
        { name: 'left', type: 'json' },
      ],
    }).finished();
    expect(run.error).toBeNull();
    expect(await run.rows('code.success')).toEqual([
      { key: 'A', twice: 2, on: '2026-01-31', left: null },
      { key: 'C', twice: 6, on: '2026-01-31', left: null },
    ]);
    expect(run.output('code.success')?.table?.columns.map((column) => column.type)).toEqual([
      'text',
      'number',
      'date',
      'json',
    ]);
  });

  it('gives an empty table when it declares columns and emits nothing', async () => {
    const run = await code({ script: '0', columns: [{ name: 'n', type: 'integer' }] }).finished();
    expect(run.counts['code.success']).toBe(0);
  });

  it('fails when it emits what its columns cannot hold, or emits without columns', async () => {
    const wrong = await code({ script: 'emit({ n: "many" })', columns: [{ name: 'n', type: 'integer' }] }).finished();
    expect(wrong.error).toMatchObject({ code: 'TYPE_MISMATCH', details: { column: 'n' } });
    const bare = await code({ script: 'emit({ n: 1 })' }).finished();
    expect(bare.error?.code).toBe('SCRIPT_FAILED');
  });

  it('names the line where it failed, and what it set is not applied', async () => {
    const run = await code({ script: 'setOption("halfway", "yes");\nvars.a = 1;\nvars.missing.more;' }).finished();
    expect(run.state).toBe('failed');
    expect(run.error).toMatchObject({ code: 'SCRIPT_FAILED' });
    expect(run.error?.message).toContain('line 3');
    expect(await engine.option('halfway')).toBeNull();
  });

  it('sets options and instance variables when its task is done', async () => {
    const run = await code({
      script:
        'setOption("lastSeen", "2026/01/31 00:00:00"); instance.vars.count = 5; logInfo("seen", getOption("lastSeen"));',
    }).finished();
    expect(run.error).toBeNull();
    expect(await engine.option('lastSeen')).toBe('2026/01/31 00:00:00');
    expect(run.instanceVars).toEqual({ count: 5 });
    expect(run.log('code').join('\n')).toContain('2026/01/31 00:00:00');
  });

  it('ends in the middle of an endless script when the run is stopped', async () => {
    const run = await code({ script: 'logInfo("going"); for (;;) {}' }).started();
    await run.reached('code', 'running');
    await run.stop();
    expect((await run.finished()).state).toBe('stopped');
  });
});

describe('for each record', () => {
  const perRecord = (script: string, declared: JavascriptCodeConfig['columns'] = []) =>
    code({ mode: 'record', script, columns: declared });

  it('adds and changes columns', async () => {
    const run = await perRecord('record.Score = String(record.Score); record.double = record.Id + record.Id;', [
      { name: 'double', type: 'text' },
      { name: 'Score', type: 'text' },
    ]).finished();
    expect(run.error).toBeNull();
    expect(await run.rows('code.success')).toEqual([
      { Id: 'a', Score: '1', double: 'aa' },
      { Id: 'b', Score: 'null', double: 'bb' },
      { Id: 'c', Score: '3', double: 'cc' },
    ]);
    const [id, score] = run.output('code.success')?.table?.columns ?? [];
    expect(id).toEqual(columns[0]);
    expect(score).toMatchObject({ name: 'Score', type: 'text' });
  });

  it('keeps a declared column that it does not touch, and leaves one empty that it does not set', async () => {
    const run = await perRecord('0', [
      { name: 'Score', type: 'integer' },
      { name: 'more', type: 'json' },
    ]).finished();
    expect(await run.rows('code.success')).toEqual(rows.map(([Id, Score]) => ({ Id, Score, more: null })));
  });

  it('drops a record by returning null or false', async () => {
    const run = await perRecord('if (record.Id === "a") return null; return record.Score !== null;').finished();
    expect(await run.rows('code.success')).toEqual([{ Id: 'c', Score: 3 }]);
    expect(run.counts['code.reject']).toBe(0);
    expect(run.log('code')).toContain('1 kept, 2 dropped');
  });

  it('rejects a record for which it fails, with the reason and the record', async () => {
    const run = await perRecord(
      'if (record.Score === null) throw new Error("no score");\nrecord.half = record.Score / 2;',
      [{ name: 'half', type: 'integer' }],
    ).finished();
    expect(run.state).toBe('succeeded with rejects');
    expect(await run.rows('code.success')).toEqual([]);
    expect(await run.rows('code.reject')).toMatchObject([
      {
        Id: 'a',
        Score: 1,
        errorCode: 'TYPE_MISMATCH',
        errorMessage: 'half: 0.5 is not a whole number.',
        errorFields: 'half',
      },
      { Id: 'b', Score: null, errorCode: 'RECORD_FAILED', errorSymbol: 'RECORD_FAILED', errorFields: null },
      { Id: 'c', Score: 3, errorCode: 'TYPE_MISMATCH', errorFields: 'half' },
    ]);
    expect((await run.rows('code.reject'))[1]?.errorMessage).toMatch(/no score/);
  });

  it('takes a Date for dates: midnight in UTC is a day', async () => {
    const run = await perRecord('record.day = new Date(2026, 0, 31); record.at = new Date(0);', [
      { name: 'day', type: 'date' },
      { name: 'at', type: 'datetime' },
    ]).finished();
    expect((await run.rows('code.success'))[0]).toMatchObject({ day: '2026-01-31', at: '1970-01-01T00:00:00.000Z' });
  });

  it('keeps the identity of each record', async () => {
    const run = await perRecord('return record.Id !== "b"').finished();
    const before = await run.rids('input.success');
    expect(await run.rids('code.success')).toEqual([before[0], before[2]]);
  });

  it('goes through many records as plain JavaScript does', async () => {
    const people = messyPeople(5_000, 11);
    const run = await code(
      {
        mode: 'record',
        script:
          'if (!record.Active) return null; record.name = (record.FirstName + " " + record.LastName).normalize("NFC");',
        columns: [{ name: 'name', type: 'text' }],
      },
      { columns: peopleColumns, rows: people },
    ).finished();
    const expected = people
      .filter((row) => row[7])
      .map((row) => ({ Id: row[0], name: `${row[1]} ${row[2]}`.normalize('NFC') }));
    expect((await run.rows('code.success')).map(({ Id, name }) => ({ Id, name }))).toEqual(expected);
  });

  it('needs records: without an inbound transition it is a problem, without rows an error', async () => {
    const config = { mode: 'record', script: 'vars.a = record' };
    const alone = engine.flow({ code: { type: 'javascript-code', config } }, []);
    expect(alone.problems().map(({ code: found, path }) => `${found} ${path}`)).toEqual(['INPUT_MISSING mode']);
    const bare = await code({ mode: 'record', script: 'vars.a = record' }, null).finished();
    expect(bare.error?.code).toBe('INPUT_NO_ROWS');
  });
});

describe('its settings', () => {
  it.each([
    [{ script: ' ' }, 'script: write a script'],
    [{ script: '0', columns: [{ name: '' }] }, 'columns.0.name: name the column'],
    [{ script: '0', columns: [{ name: 'a' }, { name: 'a' }] }, 'columns.1.name: another column is called "a" too'],
  ])('must make sense: %j', (config, problem) => {
    const parsed = definition.config.safeParse({ ...definition.defaults, ...config });
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual([problem]);
  });

  it('warn of what a script sets and does not give', () => {
    const problemsOf = (config: Partial<JavascriptCodeConfig>) =>
      code(config)
        .problems()
        .flatMap(({ nodeId, severity, path, message }) =>
          nodeId === 'code' ? [`${severity} ${path} ${message}`] : [],
        );
    const script = 'record.Score = 1; record.Grade = 2;';
    expect(problemsOf({ mode: 'record', script, columns: [{ name: 'Grade', type: 'integer' }] })).toEqual([
      expect.stringMatching(/^warning script .*the script sets "Score", which it does not give/),
    ]);
    expect(problemsOf({ mode: 'run', script: 'const record = {}; record.a = 1;' })).toEqual([]);
  });

  it('are said in one line, with the comment that the script begins with', () => {
    expect(definition.summary({ mode: 'record', script: '\n// score from 0 to 10\nrecord.a = 1' })).toBe(
      'per record · score from 0 to 10',
    );
    expect(definition.summary({ mode: 'run', script: 'vars.a = 1' })).toBe('once per run');
  });
});
