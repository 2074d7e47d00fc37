import { describe, expect, it } from 'vitest';
import type { LocalQuery, LocalWrite } from '../../contract/relation.ts';
import { scan } from '../../contract/relation.ts';
import type { Cell, Column, Json } from '../../contract/types.ts';
import { columnsOf, never, onEachDatabase, owner } from './stores.ts';

onEachDatabase((test) => {
  const people = columnsOf({
    id: 'text',
    Email: 'text',
    Score: 'integer',
    Weight: 'number',
    Amount: 'decimal',
    active: 'boolean',
    Born: 'date',
    Extra: 'json',
    'Full name': 'text',
  });
  const rows: Cell[][] = [
    ['a', 'anna@x.org', 9_007_199_254_740_991, 0.1, '10.5', true, '2001-02-03', { n: [1, 2] }, 'Anna Ä'],
    ['b', 'ben@x.org', 2, 1e-9, '9.5', false, '1999-12-31', null, "O'Brien ?1"],
    ['c', null, null, null, null, null, null, null, null],
  ];

  async function save(table: string, columns: Column[], cells: Cell[][]): Promise<void> {
    const source = await test.table(columns, cells);
    await test.stores.local.ensure(table, columns, [columns[0]?.name ?? '']);
    const write: LocalWrite = {
      table,
      operation: 'upsert',
      key: [columns[0]?.name ?? ''],
      values: columns.slice(1).map(({ name }) => ({ name })),
      source: scan(source),
    };
    await test.stores.local.once(owner(`save ${table}`), 'all', 'run', write, never);
  }

  const ask = async (
    sql: string,
    parameters: LocalQuery['parameters'] = [],
    { seconds = 30, signal = never }: { seconds?: number; signal?: AbortSignal } = {},
  ): Promise<{ columns: string[]; rows: Json[][] }> =>
    test.stores.local.select(
      { sql, parameters, seconds },
      async ({ columns, batches }) => {
        const found: Json[][] = [];
        for await (const batch of batches) found.push(...batch);
        return { columns, rows: found };
      },
      signal,
    );
  const refusal = async (sql: string, parameters: LocalQuery['parameters'] = []) =>
    ask(sql, parameters).then(
      () => 'it ran',
      (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
    );

  describe('a SELECT over local data', () => {
    it('gives its columns and rows, in its order, by names as they are or without their capitals', async () => {
      await save('people', people, rows);
      const sql = 'SELECT p.email AS Mail, upper("Full name") AS name, SCORE FROM People p WHERE active ORDER BY mail;';
      const answer = await ask(sql);
      expect(answer.columns).toEqual(['Mail', 'name', 'Score']);
      expect(answer.rows).toHaveLength(1);
      const all = await ask('SELECT id FROM people ORDER BY id DESC');
      expect(all.rows).toEqual([['c'], ['b'], ['a']]);
    });

    it('gives every value exactly', async () => {
      await save('people', people, rows);
      const { rows: found } = await ask('SELECT Score, Weight, Amount, Born, "Full name" FROM people ORDER BY id');
      const numbers = found.map((row) => row.map((cell, index) => (index < 3 && cell !== null ? Number(cell) : cell)));
      expect(numbers).toEqual([
        [9_007_199_254_740_991, 0.1, 10.5, '2001-02-03', 'Anna Ä'],
        [2, 1e-9, 9.5, '1999-12-31', "O'Brien ?1"],
        [null, null, null, null, null],
      ]);
      const large = await ask("SELECT 9007199254740993 AS n, Amount > 9.7 AS more FROM people WHERE id = 'a'");
      expect(String(large.rows[0]?.[0])).toBe('9007199254740993');
      expect(['1', 'true']).toContain(String(large.rows[0]?.[1]));
    });

    it('joins, groups, numbers rows, and uses tables of its own making', async () => {
      await save('people', people, rows);
      await save('orders', columnsOf({ no: 'text', person: 'text', total: 'integer' }), [
        ['1', 'a', 5],
        ['2', 'a', 7],
        ['3', 'b', 1],
      ]);
      const sql = `WITH totals AS (SELECT person, sum(total) AS Total FROM orders GROUP BY person)
        SELECT p.id, t.Total, row_number() OVER (ORDER BY t.total DESC) AS place, CAST(t.Total AS text) AS shown
        FROM people p JOIN totals t ON t.person = p.id ORDER BY place`;
      const answer = await ask(sql);
      expect(answer.rows.map((row) => row.map(String))).toEqual([
        ['a', '12', '1', '12'],
        ['b', '1', '2', '1'],
      ]);
    });

    it('binds parameters, whatever they hold', async () => {
      await save('people', people, rows);
      const name = "O'Brien ?1";
      const byName = await ask('SELECT id FROM people WHERE "Full name" = :name', [{ name: 'name', value: name }]);
      expect(byName.rows).toEqual([['b']]);
      const evil = [{ name: 'name', value: "x' OR 1=1 --" }];
      expect((await ask('SELECT id FROM people WHERE "Full name" = :name', evil)).rows).toEqual([]);
      expect((await ask(`SELECT id FROM people WHERE "Full name" = 'O''Brien ?1'`)).rows).toEqual([['b']]);
      const typed = [
        { name: 'least', value: 2 },
        { name: 'on', value: false },
        { name: 'unused', value: null },
      ];
      expect((await ask('SELECT id FROM people WHERE Score >= :least AND active = :on', typed)).rows).toEqual([['b']]);
      expect(await refusal('SELECT :gone')).toBe('SQL_REFUSED: The SQL cannot run here: there is no parameter "gone".');
    });

    it('names its columns also when it gives no row, and runs where there are no tables yet', async () => {
      expect(await ask("SELECT 'x' AS a, 1 AS b WHERE 1 = 2")).toEqual({ columns: ['a', 'b'], rows: [] });
    });

    it('may ask functions that make rows of what they are given', async () => {
      const sql =
        test.database === 'sqlite'
          ? `SELECT value AS n FROM json_each('[1, 2]')`
          : 'SELECT n FROM generate_series(1, 2) AS n';
      expect((await ask(sql)).rows.map(Number)).toEqual([1, 2]);
    });

    it('gives many rows batch by batch', async () => {
      const many = Array.from({ length: 2_500 }, (_, index) => [`k${index}`, index]);
      await save('many', columnsOf({ id: 'text', n: 'integer' }), many);
      const sizes = await test.stores.local.select(
        { sql: 'SELECT n FROM many ORDER BY n', parameters: [], seconds: 30 },
        async ({ batches }) => {
          const found: number[] = [];
          for await (const batch of batches) found.push(batch.length);
          return found;
        },
        never,
      );
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2_500);
      expect(Math.max(...sizes)).toBe(1_000);
    });

    it('gives fewer rows at a time where they are long', async () => {
      const long = 'x'.repeat(200_000);
      await save(
        'long',
        columnsOf({ id: 'text', text: 'text' }),
        Array.from({ length: 50 }, (_, n) => [`k${n}`, long]),
      );
      const sizes = await test.stores.local.select(
        { sql: 'SELECT text FROM long', parameters: [], seconds: 30 },
        async ({ batches }) => {
          const found: number[] = [];
          for await (const batch of batches) found.push(batch.length);
          return found;
        },
        never,
      );
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(50);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
    });

    it('gives its session back also when nobody reads its rows to the end', async () => {
      await save('people', people, rows);
      for (let time = 0; time < 10; time += 1) {
        const leave = test.stores.local.select(
          { sql: 'SELECT id FROM people', parameters: [], seconds: 30 },
          async ({ batches }) => {
            for await (const _ of batches) throw new Error('left');
          },
          never,
        );
        await expect(leave).rejects.toThrow('left');
      }
      await save('people', people, rows);
    });
  });

  describe('SQL that is more than a SELECT over local data', () => {
    it.each([
      ['a write', 'DELETE FROM people'],
      ['two statements', 'SELECT 1; DELETE FROM people'],
      ['a bracket that ends what is around it', 'SELECT 1) x; DELETE FROM people; SELECT (1'],
      ['a write inside', 'WITH gone AS (DELETE FROM people RETURNING id) SELECT * FROM gone'],
      ['a table of its own', 'SELECT * INTO stolen FROM people'],
      ['what was applied', 'SELECT * FROM _applied'],
      ['what was applied, in quotes', 'SELECT * FROM "_applied"'],
      ['the catalogue of local data', 'SELECT (SELECT max(name) FROM _local) AS name FROM people'],
      ['a table by its inner name', 'SELECT c1 FROM t1'],
      ['another table of people by its inner name', 'SELECT p.id FROM people p, t2'],
      ['the schema of SQLite', 'SELECT * FROM sqlite_master'],
      ['pragmas of SQLite', 'SELECT * FROM pragma_database_list'],
      ['pages of SQLite', 'SELECT * FROM dbstat'],
      ['a table named as a text', "SELECT * FROM 'sqlite_schema'"],
      ['the catalogue of PostgreSQL', 'SELECT * FROM pg_catalog.pg_class'],
      ['sessions of PostgreSQL', 'SELECT * FROM pg_stat_activity'],
      ['settings of PostgreSQL', 'SELECT * FROM pg_settings'],
      ['the information schema', 'SELECT * FROM information_schema.tables'],
      ['a whole table without SELECT', 'SELECT * FROM (TABLE _store) s'],
      ['SQL as a text', "SELECT query_to_xml('select 1', true, true, '')"],
      ['SQL as a text, in quotes', `SELECT "pg_catalog" . "query_to_xml" ('select 1', true, true, '')`],
      ['a file', "SELECT pg_read_file('/etc/passwd')"],
      ['a file, by a dot', "SELECT ('/etc/hostname'::text).pg_read_file AS name"],
      ['a file, by a dot in quotes', `SELECT ('/etc/hostname'::text)."pg_read_file" AS name`],
      ['a file, by a dot behind a name', "SELECT f.pg_read_file FROM regexp_split_to_table('/etc/hostname', ',') AS f"],
      ['SQL as a text, by a dot', "SELECT f.ts_stat FROM regexp_split_to_table('select 1', ',') AS f"],
      ['a name of the catalogue, as a type', "SELECT 'pg_class'::regclass AS name"],
      ['a name of the catalogue, as a type in front', "SELECT regclass 'pg_class' AS name"],
      [
        'a relation that the planner leaves out',
        'SELECT id FROM people WHERE 1 = 2 AND EXISTS (SELECT 1 FROM pg_class)',
      ],
      ['a pointer', "SELECT fts3_tokenizer('simple') AS name"],
      ['a character that ends texts of C', "SELECT 'a\0b' AS name"],
      ['an extension', "SELECT load_extension('x')"],
      ['settings', "SELECT set_config('transaction_read_only', 'off', false)"],
      ['a lock', 'SELECT pg_advisory_lock(1)'],
      ['an operator by name', 'SELECT 1 OPERATOR(pg_catalog.+) 2'],
      ['a column that is not there, which SQLite would take for a text', 'SELECT "nope" FROM people'],
    ])('does not run: %s', async (_, sql) => {
      await save('people', people, rows);
      await save('orders', columnsOf({ no: 'text' }), [['1']]);
      expect(await refusal(sql)).toMatch(/^(SQL_REFUSED|SQL_FAILED): /);
      expect((await test.stores.local.table('people'))?.columns).toHaveLength(people.length);
      expect((await ask('SELECT count(*) AS n FROM people')).rows.map(String)).toEqual(['3']);
    });

    it("reads no table of Syncline's own, also where it lies among those of people", async () => {
      await save('_own', columnsOf({ id: 'text' }), [['secret']]);
      expect(await refusal('SELECT * FROM _own')).toMatch(/^SQL_FAILED: /);
    });

    it('is told what the database says', async () => {
      await save('people', people, rows);
      expect(await refusal('SELECT nope FROM people')).toMatch(
        /^SQL_FAILED: The database does not run the SQL: .*nope/,
      );
      expect(await refusal('SELECT id FROM nobody')).toMatch(/^SQL_FAILED: .*nobody/);
      expect(await refusal('SELECT id FROM people WHERE')).toMatch(/^SQL_FAILED: .*syntax/);
    });
  });

  const endless = `WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) AS n FROM r`;

  it('ends SQL that takes longer than its limit, and says so', async () => {
    await expect(ask(endless, [], { seconds: 0.3 })).rejects.toMatchObject({ code: 'SQL_TIME_LIMIT' });
  });

  /** A text of so many characters, made by doubling. */
  const long = (characters: number, use: string): string =>
    `WITH RECURSIVE r AS (SELECT 10 AS n, 'xxxxxxxxxx' AS s UNION ALL SELECT 2 * n, s || s FROM r WHERE n < ${characters})
     SELECT ${use} AS found FROM r WHERE n >= ${characters}`;

  it('gives no row that is longer than the engine can take', async () => {
    expect(await refusal(long(17_000_000, 's'))).toMatch(/^SQL_REFUSED: .*a row of its result is longer than 16 MB/);
    expect((await ask(long(5_000_000, 's'))).rows).toHaveLength(1);
  });

  it('binds no text with a character that ends texts of C', async () => {
    const sql = 'SELECT :a AS found';
    expect(await refusal(sql, [{ name: 'a', value: 'x\0y' }])).toMatch(/^SQL_REFUSED: .*code 0/);
  });

  if (test.database === 'postgres')
    it('survives an error of the server that quotes a long text', async () => {
      expect(await refusal(long(80_000_000, 'CAST(s AS integer)'))).toMatch(/^SQL_REFUSED: .*longer than 64 MB/);
      expect((await ask('SELECT 1 AS one')).rows).toHaveLength(1);
    });

  if (test.database === 'sqlite') {
    it('ends a function that cannot be interrupted', async () => {
      const sql = long(20_000_000, `instr(s, substr(s, 1, 10000000) || 'y')`);
      await expect(ask(sql, [], { seconds: 1.5 })).rejects.toMatchObject({ code: 'SQL_TIME_LIMIT' });
    });

    it('ends the reading of a statement that doubles itself', async () => {
      const doubled = Array.from({ length: 40 }, (_, n) => `c${n + 1} AS (SELECT a.n FROM c${n} a, c${n} b)`);
      const sql = `WITH c0 AS (SELECT 1 AS n), ${doubled.join(', ')} SELECT n FROM c40`;
      expect(await ask(sql, [], { seconds: 3 }).catch((error: { code: string }) => error.code)).toMatch(/^SQL_/);
    });

    it('ends SQL that needs too much memory', async () => {
      const texts = Array.from({ length: 14 }, (_, n) => `printf('%060000000d', ${n})`);
      expect(await refusal(`SELECT max(${texts.join(', ')}) = '' AS found`)).toMatch(/^SQL_REFUSED: .*memory/);
    });
  }

  it('ends SQL when it is stopped', async () => {
    const stop = new AbortController();
    const asked = ask(endless, [], { signal: stop.signal });
    const stopped = expect(asked).rejects.toMatchObject({ code: 'STOPPED' });
    stop.abort();
    await stopped;
  });
});
