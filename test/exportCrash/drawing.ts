/** Random choices; the same number makes the same ones. */
import { randomness } from '../harness/random.ts';

export interface Draw {
  random(): number;
  upTo(most: number): number;
  one<T>(list: readonly T[]): T;
  some<T>(most: number, make: () => T): T[];
}

export function drawing(seed: number): Draw {
  const random = randomness(seed);
  const upTo = (most: number): number => Math.floor(random() * most);
  return {
    random,
    upTo,
    one: <T>(list: readonly T[]): T => list[upTo(list.length)] as T,
    some: <T>(most: number, make: () => T): T[] => Array.from({ length: upTo(most + 1) }, make),
  };
}

/** A few large cases, and many of all sizes: what goes wrong at the edges does so with few rows, too. */
export function drawRows({ upTo, random }: Draw, mostRows: number): number {
  return upTo(5) === 0 ? mostRows : 1 + Math.floor(random() ** 2 * mostRows);
}

/** What is done to an engine once the organisation has got so many requests of the run, and so many milliseconds later. */
export interface Strike {
  kind: 'kill' | 'sleep';
  request: number;
  delay: number;
  /** Which of the engines there are, from 0 up to 1. */
  which: number;
  /** Milliseconds of the machine that a sleep takes; the clock goes on much further. */
  length: number;
}

export function drawStrike({ random, upTo }: Draw, requests: number): Strike {
  return {
    kind: random() < 0.65 ? 'kill' : 'sleep',
    request: upTo(requests),
    delay: Math.floor(random() ** 3 * 400),
    which: random(),
    length: 100 + upTo(900),
  };
}

/** Of the control interface of an organisation. */
export interface Fault {
  kind: string;
  match: { path: string; method?: string; body?: string };
  after: number;
  times: number;
  [more: string]: unknown;
}

/** A session that is refused twice in a row is a connection that does not work: that ends a run, as it should. */
export function oneExpiry(faults: Fault[], expiry: string): Fault[] {
  const first = faults.findIndex(({ kind }) => kind === expiry);
  return faults
    .filter(({ kind }, index) => kind !== expiry || index === first)
    .map((fault) => (fault.kind === expiry ? { ...fault, times: 1 } : fault));
}

/** All that goes wrong while one run is at work. */
export interface Troubles {
  faults: Fault[];
  strikes: Strike[];
}

export const namedTroubles = ({ faults, strikes }: Troubles): string =>
  [...faults, ...strikes].map((one) => one.kind).join(', ') || 'nothing goes wrong';
