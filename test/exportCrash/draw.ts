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

export interface CrashCase {
  kind: Kind;
  batches: 'never' | 'always';
  /** Rows that arrive; of a mixed export some are of records that are there. */
  rows: number;
  faults: Fault[];
  /** Numbers of appends before which the engine is stopped and another takes over. */
  restarts: number[];
  /** The append before which the engine sleeps for a long time; null: it does not. */
  sleep: number | null;
}

export function drawCase(seed: number, mostRows: number): CrashCase {
  const random = randomness(seed);
  const upTo = (most: number): number => Math.floor(random() * most);
  const one = <T>(list: readonly T[]): T => list[upTo(list.length)] as T;
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: upTo(most + 1) }, make);
  const batches = one(['never', 'always'] as const);
  const kind = one(Object.keys(kinds) as Kind[]);
  const byJob = batches === 'always' || kind === 'insert';
  return {
    kind,
    batches,
    rows: 1 + upTo(mostRows),
    faults: oneExpiry(some(4, () => drawFault({ upTo, one }, byJob))),
    restarts: some(2, () => 1 + upTo(16)),
    sleep: random() < 0.3 ? 1 + upTo(16) : null,
  };
}

/** A session that is refused twice in a row is a connection that does not work: that ends an export, as it should. */
function oneExpiry(faults: Fault[]): Fault[] {
  const first = faults.findIndex(({ kind }) => kind === 'expire-session');
  return faults
    .filter(({ kind }, index) => kind !== 'expire-session' || index === first)
    .map((fault) => (fault.kind === 'expire-session' ? { ...fault, times: 1 } : fault));
}

interface Draw {
  upTo(most: number): number;
  one<T>(list: readonly T[]): T;
}

const data = '/services/data/v60.0';
const collections = { path: `${data}/composite/sobjects` };
const ingest = { path: `${data}/jobs/ingest` };

function drawFault({ upTo, one }: Draw, byJob: boolean): Fault {
  const place = { after: upTo(3), times: 1 + upTo(2) };
  const writes = byJob ? ingest : collections;
  const started = { ...ingest, method: 'PATCH' };
  const onWrites = ['reset-after', 'reset-after', 'reset-before', 'reset-mid-body', 'status', 'expire-session'];
  const onJobs: Fault[] = [
    { kind: 'fail-job', match: started, after: 0, times: place.times, rows: upTo(300) },
    { kind: 'abort-job', match: started, after: 0, times: 1, rows: upTo(300) },
    { kind: 'slow-job', match: started, after: 0, times: 1, ms: upTo(300) },
  ];
  const locked: Fault = {
    kind: 'lock-row',
    match: byJob ? started : collections,
    after: 0,
    times: place.times,
    record: upTo(20),
  };
  const wire: Fault = { kind: one(onWrites), match: writes, ...place };
  const reads: Fault = { kind: one(['html', 'reset-mid-body', 'expire-session']), match: { path: data }, ...place };
  return one(byJob ? [...onJobs, locked, wire, wire, reads] : [locked, wire, wire, wire, reads]);
}
