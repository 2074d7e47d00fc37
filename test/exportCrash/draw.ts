/** What is exported in one case, and everything that goes wrong meanwhile; the same number draws the same case. */
import type { ExportMode } from '../../nodes/crm-connector/exportConfig.ts';
import { randomness } from '../harness/random.ts';

/** Each kind of export asks in another way what became of a record. */
export const kinds = {
  insert: { operation: 'export', mode: 'insert', key: '' },
  'insert by key': { operation: 'export', mode: 'insert', key: 'External_Id__c' },
  'update by id': { operation: 'export', mode: 'update', key: 'Id' },
  'update by key': { operation: 'export', mode: 'update', key: 'External_Id__c' },
  upsert: { operation: 'export', mode: 'upsert', key: 'External_Id__c' },
  automatic: { operation: 'export', mode: 'automatic', key: 'Id' },
  delete: { operation: 'delete', mode: 'update', key: 'Id' },
} as const satisfies Record<string, { operation: 'export' | 'delete'; mode: ExportMode; key: string }>;
export type Kind = keyof typeof kinds;

/** Of the control interface of the organisation. */
export interface Fault {
  kind: string;
  match: { path: string; method?: string };
  after: number;
  times: number;
  rows?: number;
  record?: number;
  ms?: number;
}

/** What is done to an engine once the organisation has got so many requests of the export, and so many milliseconds later. */
export interface Strike {
  kind: 'kill' | 'sleep';
  request: number;
  delay: number;
  /** Which of the engines there are, from 0 up to 1. */
  which: number;
  /** Milliseconds of the machine that a sleep takes; the clock goes on much further. */
  length: number;
}

/** All that goes wrong while one run is at work. */
export interface Troubles {
  faults: Fault[];
  strikes: Strike[];
}

export interface CrashCase extends Troubles {
  kind: Kind;
  batches: 'never' | 'auto' | 'always';
  /** Rows that arrive; of a mixed export some are of records that are there. */
  rows: number;
  /** What goes wrong while the export is undone; null: it is not. */
  undo: Troubles | null;
}

interface Draw {
  random(): number;
  upTo(most: number): number;
  one<T>(list: readonly T[]): T;
  some<T>(most: number, make: () => T): T[];
}

function drawing(seed: number): Draw {
  const random = randomness(seed);
  const upTo = (most: number): number => Math.floor(random() * most);
  return {
    random,
    upTo,
    one: <T>(list: readonly T[]): T => list[upTo(list.length)] as T,
    some: <T>(most: number, make: () => T): T[] => Array.from({ length: upTo(most + 1) }, make),
  };
}

export function drawCase(seed: number, mostRows: number): CrashCase {
  const draw = drawing(seed);
  const { random, upTo, one, some } = draw;
  const batches = one(['never', 'auto', 'always'] as const);
  const kind = one(Object.keys(kinds) as Kind[]);
  // A few large ones, and many of all sizes: what goes wrong at the edges does so with few rows, too.
  const rows = upTo(5) === 0 ? mostRows : 1 + Math.floor(random() ** 2 * mostRows);
  const byJob = batches === 'always' || kind === 'insert' || (batches === 'auto' && rows > fewForJobs);
  const troubles = (): Troubles => ({
    faults: oneExpiry(some(4, () => drawFault(draw, byJob ? null : Math.ceil(rows / 200)))),
    strikes: some(3, () => drawStrike(draw, expectedRequests(rows, byJob))),
  });
  return { kind, batches, rows, ...troubles(), undo: upTo(2) === 0 ? troubles() : null };
}

/** Above, a job is chosen for them; near it, either is. */
const fewForJobs = 2_000;

/** As many as an undisturbed export takes, roughly. */
const expectedRequests = (rows: number, byJob: boolean): number =>
  8 + (byJob ? Math.ceil(rows / 500) + 12 : Math.ceil(rows / 200) * 2 + Math.ceil(rows / 500));

function drawStrike({ random, upTo }: Draw, requests: number): Strike {
  return {
    kind: random() < 0.65 ? 'kill' : 'sleep',
    request: upTo(requests),
    delay: Math.floor(random() ** 3 * 400),
    which: random(),
    length: 100 + upTo(900),
  };
}

/** A session that is refused twice in a row is a connection that does not work: that ends an export, as it should. */
function oneExpiry(faults: Fault[]): Fault[] {
  const first = faults.findIndex(({ kind }) => kind === 'expire-session');
  return faults
    .filter(({ kind }, index) => kind !== 'expire-session' || index === first)
    .map((fault) => (fault.kind === 'expire-session' ? { ...fault, times: 1 } : fault));
}

const data = '/services/data/v60.0';
const collections = { path: `${data}/composite/sobjects` };
const ingest = { path: `${data}/jobs/ingest` };
/** Deleted records are brought back there. */
const soap = { path: '/services/Soap/' };

/** `requests`: how many of them write; null: a job does. */
function drawFault({ upTo, one }: Draw, requests: number | null): Fault {
  const byJob = requests === null;
  const place = { after: upTo(byJob ? 5 : requests + 1), times: 1 + upTo(2) };
  const writes = byJob ? ingest : collections;
  const started = { ...ingest, method: 'PATCH' };
  const onWrites = ['reset-after', 'reset-after', 'reset-before', 'reset-mid-body', 'status', 'expire-session'];
  const onJobs: Fault[] = [
    { kind: 'fail-job', match: started, after: 0, times: place.times, rows: upTo(3_000) },
    { kind: 'abort-job', match: started, after: 0, times: 1, rows: upTo(3_000) },
    { kind: 'slow-job', match: started, after: 0, times: 1, ms: upTo(300) },
  ];
  const locked: Fault = {
    kind: 'lock-row',
    match: byJob ? started : collections,
    after: byJob ? 0 : place.after,
    times: place.times,
    record: upTo(20),
  };
  const wire: Fault = { kind: one(onWrites), match: upTo(8) === 0 ? soap : writes, ...place };
  const reads: Fault = { kind: one(['html', 'reset-mid-body', 'expire-session']), match: { path: data }, ...place };
  return one(byJob ? [...onJobs, locked, wire, wire, reads] : [locked, wire, wire, wire, reads]);
}
