/** Random organisations, settings, and rows that arrive. */
import fc from 'fast-check';
import type { ExportMode } from '../../nodes/crm-connector/exportConfig.ts';
import { fields, lookup } from './fields.ts';

/** A number of a key or a record; `own` is that of the row or the record itself. */
export type Place = number | 'own' | null;

export interface MappedCase {
  field: string;
  source: 'column' | 'expression' | 'failing expression';
  empty: 'keep' | 'clear';
  onlyIf: boolean;
}

/** A row: what it means by each kind of key, and the text for each field. */
export interface RowCase {
  /** Of a record; beyond the last one: a record that is not there. null: the row has no id. */
  id: Place;
  /** null: it has none. */
  key: Place;
  legacy: Place;
  account: number | null;
  /** Spaces around keys, and their case. */
  spelling: 'plain' | 'spaces' | 'upper';
  flag: boolean;
  texts: (string | null)[];
}

export interface RecordCase {
  hasKey: boolean;
  legacy: Place;
  account: number | null;
  values: (string | number | boolean | null)[];
}

export interface PlanCase {
  operation: 'export' | 'delete';
  mode: ExportMode;
  key: string;
  batches: 'never' | 'always';
  accounts: number;
  records: RecordCase[];
  mapping: MappedCase[];
  rows: RowCase[];
}

const [byId, byKey, byLegacy] = ['Id', 'External_Id__c', 'Legacy_Id__c'];

/** How records are found, for each thing that is done. */
const ways = fc.oneof(
  { weight: 4, arbitrary: way('update', [byId, byKey, byLegacy]) },
  { weight: 4, arbitrary: way('upsert', [byId, byKey, byLegacy]) },
  { weight: 2, arbitrary: way('automatic', ['', byId, byKey, byLegacy]) },
  { weight: 2, arbitrary: way('insert', ['', byKey, byLegacy]) },
  {
    weight: 2,
    arbitrary: fc.record({
      operation: fc.constant('delete' as const),
      mode: fc.constant('update' as const),
      key: fc.constant('Id'),
    }),
  },
);

function way(mode: ExportMode, keys: (string | undefined)[]) {
  return fc.record({
    operation: fc.constant('export' as const),
    mode: fc.constant(mode),
    key: fc.constantFrom(...keys.map((key) => key ?? '')),
  });
}

/** Mostly its own, so that few rows mean the same record. */
const place = (most: number): fc.Arbitrary<Place> =>
  fc.oneof(
    { weight: 10, arbitrary: fc.constant('own' as const) },
    { weight: 1, arbitrary: fc.nat(most) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
const account = fc.option(fc.nat(1), { freq: 5 });

const record: fc.Arbitrary<RecordCase> = fc.record({
  hasKey: fc.constantFrom(true, true, true, false),
  legacy: place(3),
  account,
  values: fc.tuple(...fields.map(({ values }) => values)),
});

const row: fc.Arbitrary<RowCase> = fc.record({
  id: place(8),
  key: place(9),
  legacy: place(4),
  account: fc.option(fc.constantFrom(0, 0, 0, 1, 1, 2), { freq: 5 }),
  spelling: fc.constantFrom('plain', 'plain', 'plain', 'plain', 'spaces', 'upper'),
  flag: fc.boolean(),
  texts: fc.tuple(...fields.map(({ texts }) => texts)),
});

const sources = ['expression', 'expression', 'expression', 'failing expression'] as const;

const mappedField = (name: string): fc.Arbitrary<MappedCase> =>
  fc.record({
    field: fc.constant(name),
    source: fc.constantFrom(...Array<'column'>(20).fill('column'), ...sources),
    empty: fc.constantFrom('keep', 'clear'),
    onlyIf: fc.constantFrom(false, false, false, true),
  });

const mapping: fc.Arbitrary<MappedCase[]> = fc
  .tuple(
    fc.constantFrom(...Array<boolean>(9).fill(true), false),
    fc.subarray([...fields.slice(1).map(({ name }) => name), lookup.field]),
  )
  .chain(([named, others]) => {
    const chosen = [...(named ? ['LastName'] : []), ...others];
    return fc.tuple(...(chosen.length === 0 ? ['Title'] : chosen).map(mappedField));
  });

export const planCase: fc.Arbitrary<PlanCase> = fc
  .record({
    way: ways,
    batches: fc.constantFrom(...Array<'never'>(5).fill('never'), 'always' as const),
    accounts: fc.constantFrom(2, 2, 1, 0),
    records: fc.array(record, { minLength: 2, maxLength: 12 }),
    mapping,
    rows: fc.array(row, { minLength: 2, maxLength: 14 }),
  })
  .map(({ way: chosen, ...rest }) => ({ ...chosen, ...rest }));
