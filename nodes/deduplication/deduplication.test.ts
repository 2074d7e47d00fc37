import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell, Column } from '../../contract/types.ts';
import { foldText } from '../../contract/types.ts';
import { testEngine } from '../../test/harness/engine.ts';
import { messyPeople, peopleColumns } from '../../test/harness/people.ts';
import type { DeduplicationConfig, DeduplicationKey } from './definition.ts';
import { definition } from './definition.ts';

const engine = testEngine();

type Record_ = Record<string, Cell>;
type Settings = Partial<Omit<DeduplicationConfig, 'keys'>> & { keys: Partial<DeduplicationKey>[] };

/** What Deduplication promises, in plain JavaScript over all rows at once; `evaluate` stands for expressions. */
function reference(
  rows: Record_[],
  columns: readonly Column[],
  settings: Settings,
): { kept: Record_[]; dropped: Record_[]; winners: Map<Record_, Record_ | undefined> } {
  const config = { ...definition.defaults, ...settings } as DeduplicationConfig;
  const groups = Map.groupBy(rows, (row) => JSON.stringify(config.keys.map((key) => keyOf(key, row, columns))));
  const kept = new Set<Record_>();
  const winners = new Map<Record_, Record_ | undefined>();
  for (const [text, group] of groups) {
    const empty = (JSON.parse(text) as Cell[]).includes(null);
    const best = group.toSorted((a, b) => compare(config, a, b, columns)).slice(0, config.keep);
    const chosen = empty && config.emptyKeys !== 'compare' ? (config.emptyKeys === 'keep' ? group : []) : best;
    for (const row of chosen) kept.add(row);
    for (const row of group) winners.set(row, chosen.length > 0 ? best[0] : undefined);
  }
  return { kept: rows.filter((row) => kept.has(row)), dropped: rows.filter((row) => !kept.has(row)), winners };
}

const collapse = (text: string): string => text.trim().replace(/\s+/g, ' ');
const normalisers: Record<DeduplicationKey['normalise'], (text: string) => string> = {
  none: (text) => text,
  trim: (text) => text.trim(),
  collapse,
  fold: (text) => foldText(collapse(text)),
  unaccent: (text) => foldText(collapse(text)).normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC'),
  email: (text) => foldText(text.trim()),
};

function keyOf(key: Partial<DeduplicationKey>, row: Record_, columns: readonly Column[]): Cell {
  const cell = row[key.column ?? ''] ?? null;
  if (columns.find((column) => column.name === key.column)?.type !== 'text') return cell;
  return cell === null ? null : normalisers[key.normalise ?? 'none'](String(cell)) || null;
}

/** Negative: `a` is kept before `b`. Arrival decides between equals, since sorting is stable. */
function compare(config: DeduplicationConfig, a: Record_, b: Record_, columns: readonly Column[]): number {
  const filled = (row: Record_): number => {
    const names = config.filled.length > 0 ? config.filled : columns.map((column) => column.name);
    return names.filter((name) => row[name] !== null && row[name] !== '').length;
  };
  switch (config.method) {
    case 'mostRecent':
      return compareCells(b[config.by] ?? null, a[config.by] ?? null, 'first');
    case 'oldest':
      return compareCells(a[config.by] ?? null, b[config.by] ?? null, 'last');
    case 'nonEmpty':
      return filled(b) - filled(a);
    case 'last':
      return Number(b.Place) - Number(a.Place);
    default:
      return 0;
  }
}

/** `nulls` says where they stand in (left, right), so that they come last whichever way round the two are given. */
function compareCells(left: Cell, right: Cell, nulls: 'first' | 'last'): number {
  if (left === null || right === null) {
    const order = Number(left === null) - Number(right === null);
    return nulls === 'last' ? order : -order;
  }
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

const toRecords = (columns: readonly Column[], rows: readonly Cell[][]): Record_[] =>
  rows.map((row) => Object.fromEntries(columns.map((column, index) => [column.name, row[index] ?? null])));

const placeColumn: Column = { name: 'Place', label: 'Place', type: 'integer' };
const withPlaces = (rows: Cell[][]): Cell[][] => rows.map((row, index) => [...row, index]);

async function dedupe(columns: Column[], rows: Cell[][], settings: Settings) {
  const keys = settings.keys.map((key) => ({ kind: 'column', column: '', normalise: 'none', expression: '', ...key }));
  const run = await engine
    .flow({ dedupe: { type: 'deduplication', config: { complement: true, ...settings, keys } } }, ['input -> dedupe'])
    .withRows('input', columns, rows)
    .finished();
  expect(run.error).toBeNull();
  return run;
}

describe('of messy people', () => {
  const columns = [...peopleColumns, placeColumn];
  const rows = withPlaces(messyPeople(3_000, 7));
  const records = toRecords(columns, rows);

  it.each<[string, Settings]>([
    [
      'the most recent per e-mail address',
      { keys: [{ column: 'Email', normalise: 'email' }], method: 'mostRecent', by: 'Changed' },
    ],
    [
      'the oldest per folded name',
      {
        keys: [
          { column: 'LastName', normalise: 'fold' },
          { column: 'FirstName', normalise: 'fold' },
        ],
        method: 'oldest',
        by: 'Changed',
      },
    ],
    ['the first per name without accents', { keys: [{ column: 'LastName', normalise: 'unaccent' }], method: 'first' }],
    ['the last three per trimmed name', { keys: [{ column: 'LastName', normalise: 'trim' }], method: 'last', keep: 3 }],
    [
      'the most complete per e-mail address',
      { keys: [{ column: 'Email', normalise: 'collapse' }], method: 'nonEmpty' },
    ],
    [
      'the one that has a birth date',
      {
        keys: [{ column: 'Email', normalise: 'email' }],
        method: 'nonEmpty',
        filled: ['Birthdate'],
        emptyKeys: 'compare',
      },
    ],
    [
      'the highest score per birth date',
      { keys: [{ column: 'Birthdate' }], method: 'mostRecent', by: 'Score', emptyKeys: 'complement' },
    ],
    [
      'the highest value per name and flag',
      { keys: [{ column: 'LastName' }, { column: 'Active' }], method: 'mostRecent', by: 'Score', keep: 2 },
    ],
  ])('keeps %s, as plain JavaScript does', async (_, settings) => {
    const run = await dedupe(columns, rows, settings);
    const expected = reference(records, columns, settings);
    expect(await run.rows('dedupe.success')).toEqual(expected.kept);
    expect(await run.rows('dedupe.duplicates')).toEqual(expected.dropped);
    expect(expected.dropped.length).toBeGreaterThan(0);
    const shown = await dedupe(columns, rows, { ...settings, keptColumn: 'Place' });
    expect(await shown.rows('dedupe.success')).toEqual(expected.kept);
    expect(await shown.rows('dedupe.duplicates')).toEqual(
      expected.dropped.map((row) => ({ ...row, kept_Place: expected.winners.get(row)?.Place ?? null })),
    );
  });
});

describe('the column that shows which record was kept', () => {
  it('never takes the name of a column that arrives', async () => {
    const columns: Column[] = ['Id', 'kept_Id'].map((name) => ({ name, label: name, type: 'text' }));
    const settings: Settings = { keys: [{ column: 'kept_Id' }], keptColumn: 'Id' };
    const run = await dedupe(
      columns,
      [
        ['a', 'x'],
        ['b', 'x'],
      ],
      settings,
    );
    expect(await run.rows('dedupe.duplicates')).toEqual([{ Id: 'b', kept_Id: 'x', kept_kept_Id: 'a' }]);
  });

  it('stands beside duplicates of a key expression, too', async () => {
    const columns: Column[] = [{ name: 'Id', label: 'Id', type: 'text' }];
    const keys = [{ kind: 'expression', expression: 'record.Id.toLowerCase()' } as const];
    const run = await dedupe(columns, [['a'], ['A'], ['b']], { keys, keptColumn: 'Id' });
    expect(await run.rows('dedupe.duplicates')).toEqual([{ Id: 'A', kept_Id: 'a' }]);
  });
});

it('keeps what plain JavaScript keeps, whatever the rows and the settings', async () => {
  const columns: Column[] = [
    { name: 'A', label: 'A', type: 'text' },
    { name: 'B', label: 'B', type: 'integer' },
    { name: 'C', label: 'C', type: 'datetime' },
    placeColumn,
  ];
  const text = fc.constantFrom(null, '', ' ', 'a', 'A', ' a', 'ä', 'a\u0308', 'Ä', 'ss', 'ß', 'a  b', 'a b', 'A\tb');
  const date = fc.constantFrom(null, '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z');
  const rows = fc.array(fc.tuple(text, fc.constantFrom(null, 0, 1, 2), date), { maxLength: 12 });
  const key = fc.record({
    column: fc.constantFrom('A', 'B', 'C'),
    normalise: fc.constantFrom('none', 'trim', 'collapse', 'fold', 'unaccent', 'email'),
  });
  const settings = fc.record({
    keys: fc.array(key, { minLength: 1, maxLength: 3 }),
    method: fc.constantFrom('mostRecent', 'oldest', 'first', 'last', 'nonEmpty'),
    emptyKeys: fc.constantFrom('keep', 'compare', 'complement'),
    keep: fc.integer({ min: 1, max: 3 }),
    by: fc.constantFrom('A', 'B', 'C'),
    filled: fc.subarray(['A', 'B', 'C']),
  });
  await fc.assert(
    fc.asyncProperty(rows, settings as fc.Arbitrary<Settings>, async (some, chosen) => {
      const placed = withPlaces(some as Cell[][]);
      const run = await dedupe(columns, placed, chosen);
      const expected = reference(toRecords(columns, placed), columns, chosen);
      expect(await run.rows('dedupe.success')).toEqual(expected.kept);
      expect(await run.rows('dedupe.duplicates')).toEqual(expected.dropped);
    }),
    { numRuns: 60 },
  );
});

describe('by JavaScript', () => {
  const columns: Column[] = [
    { name: 'Email', label: 'Email', type: 'text' },
    { name: 'Score', label: 'Score', type: 'integer' },
  ];
  const rows: Cell[][] = [
    ['ann@one.example', 3],
    ['bob@ONE.example', 11],
    ['cleo@two.example', null],
    ['dan@two.example', -4],
    [null, 100],
  ];
  const byDomain = { kind: 'expression', expression: 'record.Email.split("@")[1].toLowerCase()' } as const;

  it('compares what a key expression gives, and rejects records for which it fails', async () => {
    const run = await dedupe(columns, rows, { keys: [byDomain], method: 'first' });
    expect(await run.rows('dedupe.success')).toEqual([
      { Email: 'ann@one.example', Score: 3 },
      { Email: 'cleo@two.example', Score: null },
    ]);
    expect(await run.rows('dedupe.duplicates')).toHaveLength(2);
    const [reject] = await run.rows('dedupe.reject');
    expect(reject).toMatchObject({ Email: null, Score: 100, errorCode: 'RECORD_FAILED', errorSymbol: 'RECORD_FAILED' });
    expect(reject?.errorMessage).toMatch(/failed for this record.*null/);
    expect(run.state).toBe('succeeded with rejects');
    expect(run.log('dedupe')).toContain('2 kept, 2 duplicates, 1 rejected');
  });

  it.each([
    ['descending', ['bob@ONE.example', 'dan@two.example']],
    ['ascending', ['ann@one.example', 'dan@two.example']],
  ] as const)(
    'keeps the one with the best value, %s; numbers as numbers, an empty one never',
    async (direction, kept) => {
      const run = await dedupe(columns, rows.slice(0, 4), {
        keys: [byDomain],
        method: 'expression',
        expression: 'record.Score',
        direction,
      });
      expect((await run.rows('dedupe.success')).map((row) => row.Email)).toEqual(kept);
    },
  );

  it('orders text and dates as well as numbers', async () => {
    const keys = [{ kind: 'expression', expression: '"all"' }] as const;
    const best = async (expression: string): Promise<Cell> => {
      const run = await dedupe(columns, rows.slice(0, 4), { keys: [...keys], method: 'expression', expression });
      return (await run.rows('dedupe.success'))[0]?.Email ?? null;
    };
    expect(await best('record.Email')).toBe('dan@two.example');
    expect(await best('new Date(2026, 0, record.Score ?? 1)')).toBe('bob@ONE.example');
    expect(await best('record.Score > 5')).toBe('bob@ONE.example');
  });

  it('sees variables', async () => {
    const run = await engine
      .flow(
        {
          dedupe: {
            type: 'deduplication',
            initScript: 'vars.length = 3',
            config: { keys: [{ kind: 'expression', expression: 'record.Email.slice(0, vars.length)' }] },
          },
        },
        ['input -> dedupe'],
      )
      .withRows('input', columns, [
        ['anna', 1],
        ['anne', 2],
        ['bob', 3],
      ])
      .finished();
    expect((await run.rows('dedupe.success')).map((row) => row.Score)).toEqual([1, 3]);
  });
});

describe('what is asked of it', () => {
  it('is refused at its place when a column does not arrive', () => {
    const issues = engine
      .flow(
        {
          dedupe: {
            type: 'deduplication',
            config: { keys: [{ column: 'Email' }, { column: 'Mail' }], method: 'oldest', by: 'When' },
          },
        },
        ['input -> dedupe'],
      )
      .withRows('input', [{ name: 'Email', type: 'text' }], [])
      .problems();
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'COLUMN_UNKNOWN keys.1.column',
      'COLUMN_UNKNOWN by',
    ]);
  });

  it.each([
    [{ keys: [] }, 'keys: choose what makes two records the same'],
    [{ keys: [{ column: '' }] }, 'keys.0.column: choose a column'],
    [{ keys: [{ kind: 'expression' }] }, 'keys.0.expression: write an expression'],
    [{ keys: [{ column: 'A' }], keep: 0 }, 'keep: keep at least one, a whole number'],
    [{ keys: [{ column: 'A' }], keep: 1.5 }, 'keep: keep at least one, a whole number'],
    [{ keys: [{ column: 'A' }], method: 'mostRecent' }, 'by: choose the column that tells which is newer'],
    [{ keys: [{ column: 'A' }], method: 'expression' }, 'expression: write an expression'],
  ])('must make sense: %j', (config, problem) => {
    const parsed = definition.config.safeParse({ ...definition.defaults, ...config });
    const problems = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    expect(problems).toEqual([problem]);
  });

  it('is said in one line', () => {
    const keys = [{ column: 'Email' }];
    expect(definition.summary({ ...definition.defaults, keys, method: 'mostRecent' })).toBe(
      'keeps most recent · Email',
    );
    expect(definition.summary({ ...definition.defaults, keys, keep: 2 })).toBe('keeps 2 first · Email');
  });
});
