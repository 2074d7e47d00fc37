/** Random schedules of what people and programs do in an organisation, and of imports from it that go wrong. */
import fc from 'fast-check';
import type { Interruption } from '../harness/interruptions.ts';

/** Places in the list of records there are; taken modulo its length, so that any number names one. */
type Picks = number[];

export type Write =
  /** All of them with one stamp. */
  | { kind: 'create'; count: number }
  | { kind: 'update'; picks: Picks }
  | { kind: 'delete'; picks: Picks }
  | { kind: 'undelete'; picks: Picks }
  /** Stamped now, seen by nobody until it commits. */
  | { kind: 'begin'; creates: number; picks: Picks }
  | { kind: 'commit'; which: number };

export type Crash =
  /** An attempt of one of the nodes dies there; the next one goes on. */
  | { kind: 'attempt'; node: string; interruption: Interruption }
  /** Answers of the CRM are lost or are none, one request after the other. */
  | { kind: 'wire'; fault: string; after: number; times: number }
  /** The engine is stopped and another one takes over. */
  | { kind: 'engine'; call: number }
  /** The run fails, so that its dates do not move. */
  | { kind: 'run' };

export type Step =
  | Write
  | { kind: 'wait'; seconds: number }
  /** `meanwhile` happens once the first page has been read. */
  | { kind: 'import'; crash: Crash | null; meanwhile: Write | null };

const picks = fc.array(fc.nat(200), { minLength: 1, maxLength: 12 });
const count = fc.integer({ min: 1, max: 20 });

const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('create' as const), count }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('update' as const), picks }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), picks }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undelete' as const), picks }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('begin' as const), creates: fc.nat(8), picks }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('commit' as const), which: fc.nat(5) }) },
);

const interruption: fc.Arbitrary<Interruption> = fc.record({
  call: fc.constantFrom('table', 'writer', 'append', 'count', 'ensureLocalTable', 'once'),
  number: fc.integer({ min: 1, max: 4 }),
  when: fc.constantFrom('before', 'after'),
});

const crash: fc.Arbitrary<Crash> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('attempt' as const),
      node: fc.constantFrom('gone', 'erase', 'contacts', 'contacts', 'contacts', 'write'),
      interruption,
    }),
  },
  fc.record({
    kind: fc.constant('wire' as const),
    fault: fc.constantFrom('html', 'reset-mid-body', 'truncated-json', 'expire-session'),
    after: fc.nat(4),
    times: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ kind: fc.constant('engine' as const), call: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('run' as const) }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: write },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 420 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('import' as const),
      crash: fc.option(crash, { freq: 3 }),
      meanwhile: fc.option(write, { freq: 2 }),
    }),
  },
);

export const schedule = fc.array(step, { minLength: 4, maxLength: 18 });
