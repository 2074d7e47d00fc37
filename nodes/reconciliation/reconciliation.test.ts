import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cell, Column } from '../../contract/types.ts';
import { foldText } from '../../contract/types.ts';
import { testEngine } from '../../test/harness/engine.ts';
import type { ReconciliationConfig } from './definition.ts';
import { definition } from './definition.ts';

const engine = testEngine();
const columns = [
  { name: 'Email', type: 'text' },
  { name: 'Country', type: 'text' },
] as const;
const people: Cell[][] = [
  ['p1', 'anna@example.org', 'DE', 1],
  ['p2', 'ben@example.org', 'FR', 2],
  ['p3', 'BEN@example.org ', 'FR', 3],
  ['p4', null, 'DE', 4],
  ['p5', '', 'DE', 5],
  ['p6', 'Émile@example.org', null, 6],
];
const known: Omit<Column, 'label'>[] = [
  { name: 'id', type: 'text' },
  { name: 'Mail', type: 'text' },
  { name: 'Land', type: 'text' },
  { name: 'Number', type: 'integer' },
];
const email: ReconciliationConfig['keys'] = [{ column: 'Email', other: 'Mail', normalise: 'email' }];
const id = { column: 'id', label: 'id', type: 'text', as: '' } as const;

/** A table of local data with these rows, written as people write them. */
const fill = (table: string, rows: Cell[][], own = known) =>
  engine
    .flow(
      {
        save: {
          type: 'update-data',
          config: { table, key: [{ kind: 'column', column: own[0]?.name }], operation: 'upsert' },
        },
      },
      ['input -> save'],
    )
    .withRows('input', own, rows)
    .finished();

beforeAll(async () => {
  await fill('people', people);
});

const reconcile = (config: Partial<ReconciliationConfig>, rows: Cell[][]) =>
  engine
    .flow({ match: { type: 'reconciliation', config: { table: 'people', keys: email, ...config } } }, [
      'input -> match',
    ])
    .withRows('input', columns, rows);

describe('a Reconciliation', () => {
  it('adds the chosen columns of the one match, and says of the others whether there is none or several', async () => {
    const take: ReconciliationConfig['take'] = [
      { ...id, as: 'person' },
      { column: 'Number', label: 'Number', type: 'integer', as: '' },
    ];
    const rows = [
      ['ANNA@example.org', 'x'],
      ['ben@example.org', 'x'],
      ['nobody@example.org', 'x'],
      [null, 'x'],
      ['', 'x'],
    ];
    const run = await reconcile({ take }, rows).finished();
    expect(await run.rows('match.matched')).toEqual([
      { Email: 'ANNA@example.org', Country: 'x', person: 'p1', Number: 1 },
    ]);
    expect(await run.rows('match.ambiguous')).toEqual([{ Email: 'ben@example.org', Country: 'x', matches: 2 }]);
    expect((await run.rows('match.unmatched')).map((row) => row.Email)).toEqual(['nobody@example.org', null, '']);
    expect(run.log('match')).toContain('1 matched, 3 unmatched, 1 ambiguous');
  });

  it('compares as it was told, key by key', async () => {
    const exact = [{ column: 'Email', other: 'Mail', normalise: 'none' }] as const;
    const one = await reconcile({ keys: [...exact], take: [id] }, [['ben@example.org', null]]).finished();
    expect(await one.rows('match.matched')).toMatchObject([{ id: 'p2' }]);
    const unaccent = [{ column: 'Email', other: 'Mail', normalise: 'unaccent' }] as const;
    const two = await reconcile({ keys: [...unaccent], take: [id] }, [['emile@EXAMPLE.org', null]]).finished();
    expect(await two.rows('match.matched')).toMatchObject([{ id: 'p6' }]);
    const both = [...email, { column: 'Country', other: 'Land', normalise: 'none' }] as const;
    const rows = [
      ['anna@example.org', 'DE'],
      ['anna@example.org', 'FR'],
      ['Émile@example.org', null],
    ];
    const three = await reconcile({ keys: [...both], take: [id] }, rows).finished();
    expect(await three.rows('match.matched')).toMatchObject([{ id: 'p1' }]);
    expect(await three.rows('match.unmatched')).toHaveLength(2);
  });

  it('finds a number that is written as text, and refuses to compare what cannot be equal', async () => {
    const byNumber = [{ column: 'Email', other: 'Number', normalise: 'trim' }] as const;
    const run = await reconcile({ keys: [...byNumber], take: [id] }, [[' 4 ', null]]).finished();
    expect(await run.rows('match.matched')).toMatchObject([{ id: 'p4' }]);
    const days = engine
      .flow(
        { match: { type: 'reconciliation', config: { table: 'people', keys: [{ column: 'Day', other: 'Number' }] } } },
        ['input -> match'],
      )
      .withRows('input', [{ name: 'Day', type: 'date' }], [['2026-01-01']]);
    expect((await days.finished()).error).toMatchObject({
      code: 'TYPE_MISMATCH',
      message: 'Day: date cannot be compared with integer (Number).',
    });
  });

  const twoInputs = (config: Partial<ReconciliationConfig>) =>
    engine
      .flow({ match: { type: 'reconciliation', config: { against: 'input', keys: email, ...config } } }, [
        'orders -> match',
        'people -> match',
      ])
      .withRows('people', known, people)
      .withRows('orders', columns, [
        ['anna@example.org', 'a'],
        ['x@example.org', 'b'],
      ]);

  it('looks up in the second input, and the other way round when that is the population', async () => {
    const run = await twoInputs({ take: [id] }).finished();
    expect(await run.rows('match.matched')).toEqual([{ Email: 'anna@example.org', Country: 'a', id: 'p1' }]);
    const back = [{ column: 'Mail', other: 'Email', normalise: 'email' }] as const;
    const other = await twoInputs({ primary: 'people', keys: [...back] }).finished();
    expect((await other.rows('match.matched')).map((row) => row.id)).toEqual(['p1']);
    expect(await other.rows('match.unmatched')).toHaveLength(5);
  });

  it('keeps who the records are', async () => {
    const run = await reconcile({ take: [id] }, [
      ['anna@example.org', 'x'],
      ['ben@example.org', 'x'],
      [null, null],
    ]).finished();
    const ports = ['matched', 'ambiguous', 'unmatched'];
    const left = await Promise.all(ports.map((port) => run.rids(`match.${port}`)));
    expect(left.flat()).toEqual(await run.rids('input.success'));
  });

  it('finds nothing in a table that does not exist yet, and says so', async () => {
    const run = await reconcile({ table: 'later', take: [id] }, [['anna@example.org', 'x']]).finished();
    expect(run.counts).toMatchObject({ 'match.matched': 0, 'match.unmatched': 1, 'match.ambiguous': 0 });
    expect(run.log('match')).toContain('There is no table later yet: nothing is found in it');
  });

  it('fails with the name of a column that the table does not have, or has with another type', async () => {
    const gone = await reconcile({ take: [{ ...id, column: 'gone' }] }, [['a', 'b']]).finished();
    expect(gone.error).toMatchObject({ code: 'TABLE_COLUMN_UNKNOWN', details: { table: 'people', column: 'gone' } });
    const other = await reconcile({ take: [{ ...id, type: 'date' }] }, [['a', 'b']]).finished();
    expect(other.error?.message).toBe('id: it is text in the table, not date.');
  });

  it('names while drawing what is missing, what is idle and what would be there twice', () => {
    const config = { against: 'table', take: [{ ...id, as: 'Email' }], keys: [{ column: 'Gone', other: 'Mail' }] };
    const flow = engine
      .flow({ match: { type: 'reconciliation', config: { table: 'people', ...config } } }, ['a -> match', 'b -> match'])
      .withRows('b', columns, [])
      .withRows('a', columns, []);
    expect(flow.problems().map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'against: against: two transitions arrive: compare with the second, or remove it.',
      'keys.0.column: keys.0.column: no column "Gone" arrives.',
      'take.0.as: take.0.as: the population has a column "Email" already, give another name.',
    ]);
    const alone = { against: 'input', keys: [{ column: 'Email' }] };
    const one = engine
      .flow({ match: { type: 'reconciliation', config: alone } }, ['a -> match'])
      .withRows('a', columns, []);
    expect(one.problems().map(({ path }) => path)).toEqual(['against']);
    const own = definition.config.safeParse({ ...definition.defaults, table: '_own', keys: [{ column: 'Email' }] });
    expect(own.error?.issues[0]?.message).toBe('choose a table of your own: names that begin with "_" are Syncline\'s');
    expect(definition.config.safeParse({ ...definition.defaults, table: 'x' }).error?.issues[0]?.message).toBe(
      'choose what is compared',
    );
  });

  it('lets every record leave once, at the place where plain JavaScript puts it', async () => {
    const mail = fc.constantFrom(null, '', 'a@x.org', ' A@x.org', 'b@x.org', 'É@x.org', 'é@X.org', 'c@x.org');
    const population = fc.sample(mail, { numRuns: 60, seed: 7 });
    const others = fc.sample(mail, { numRuns: 6, seed: 11 });
    const table = others.map((value, index) => [`k${index}`, value, null, index]);
    await fill('many', table);
    const run = await reconcile(
      { table: 'many', take: [id] },
      population.map((value) => [value, null]),
    ).finished();
    const fold = (value: Cell) => foldText(String(value ?? '').trim());
    const count = (value: Cell) =>
      fold(value) === '' ? 0 : others.filter((other) => fold(other) === fold(value)).length;
    const expected = (test: (found: number) => boolean) => population.filter((value) => test(count(value)));
    const emails = async (port: string) => (await run.rows(`match.${port}`)).map((row) => row.Email);
    expect(await emails('matched')).toEqual(expected((found) => found === 1));
    expect(await emails('ambiguous')).toEqual(expected((found) => found > 1));
    expect(await emails('unmatched')).toEqual(expected((found) => found === 0));
  });
});
