/**
 * Records put together from their groups of fields. Between the requests somebody may change one: parts belong together when
 * their stamps are equal and older than the request. All others are read again, by id, until they are.
 */
import type { ReadQuery } from '../../../contract/connector.ts';
import type { Json } from '../../../contract/types.ts';
import { pause } from '../../kit/repeat.ts';
import type { ReadScope } from '../scope.ts';
import type { Part } from '../soql.ts';
import { fetchPart } from './fetchPage.ts';
import type { IdGroups } from './groups.ts';
import { stampField } from './groups.ts';

export type WireRecord = Record<string, Json>;

export interface Whole {
  /** By id. Ids that match nothing, or nothing any more, are not among them. */
  records: Map<string, WireRecord>;
  /** Those whose parts never fitted together. */
  unsettled: WireRecord[];
}

const rounds = 4;
/** Stamps are whole seconds: a change within the second of the request would not show. */
const betweenRounds = 1_100;

/** The records with these ids, whole, in as many requests as they need. */
export async function readWhole(
  scope: ReadScope,
  query: ReadQuery,
  { groups, ids: most }: IdGroups,
  ids: readonly string[],
): Promise<Whole> {
  const whole: Whole = { records: new Map(), unsettled: [] };
  for (let from = 0; from < ids.length; from += most)
    await readSome(scope, query, groups, ids.slice(from, from + most), whole);
  return whole;
}

async function readSome(
  scope: ReadScope,
  query: ReadQuery,
  groups: IdGroups['groups'],
  ids: readonly string[],
  whole: Whole,
): Promise<void> {
  let left = ids;
  for (let round = 1; left.length > 0; round += 1) {
    if (round > 1) await pause(betweenRounds, scope.session.host.signal);
    const parts: WireRecord[][] = [];
    let asOf: number | null = null;
    for (const fields of groups) {
      parts.push(records(await fetchPart(scope, { ...query, fields }, { ids: left })));
      asOf ??= scope.session.answeredAt;
    }
    left = settle({ scope, asOf, isLast: round === rounds }, left, parts, whole);
  }
}

/** The records of a page whole, in their order. `first` has the fields of the first group. */
export async function completePage(
  scope: ReadScope,
  query: ReadQuery,
  groups: { pages: readonly string[][]; ids: IdGroups },
  first: readonly unknown[],
  part: Part,
): Promise<{ records: unknown[]; unsettled: WireRecord[] }> {
  const parts = [records(first)];
  const asOf = scope.session.answeredAt;
  if (part !== null)
    for (const fields of groups.pages.slice(1)) parts.push(records(await fetchPart(scope, { ...query, fields }, part)));
  const whole: Whole = { records: new Map(), unsettled: [] };
  const ids = records(first).map((record) => String(record.Id));
  const left = part === null ? ids : settle({ scope, asOf, isLast: false }, ids, parts, whole);
  const again = await readWhole(scope, query, groups.ids, left);
  const kept = first.flatMap((record) => {
    const id = idOf(record);
    return id === null ? [record] : (whole.records.get(id) ?? again.records.get(id) ?? []);
  });
  return { records: kept, unsettled: again.unsettled };
}

interface Judging {
  scope: ReadScope;
  /** The organisation's clock when the first part was answered. */
  asOf: number | null;
  isLast: boolean;
}

/** Puts together what belongs together and gives the ids of the rest; nothing is left after the last round. */
function settle(judging: Judging, ids: readonly string[], parts: readonly WireRecord[][], whole: Whole): string[] {
  const maps = parts.map((part) => new Map(part.map((record) => [record.Id, record] as const)));
  const again: string[] = [];
  for (const id of ids) {
    const found = maps.map((map) => map.get(id)).filter((record) => record !== undefined);
    if (found.length === 0) continue;
    const fits = found.length === parts.length && haveOneStamp(judging.scope, found);
    if (fits && (parts.length === 1 || judging.isLast || isPast(judging, found[0])))
      whole.records.set(id, merge(found));
    else if (judging.isLast) whole.unsettled.push(merge(found));
    else again.push(id);
  }
  return again;
}

/** Where an object has no stamp nothing tells: the parts are taken as they are. */
function haveOneStamp(scope: ReadScope, parts: readonly WireRecord[]): boolean {
  const name = stampField(scope);
  return name === null || parts.every((part) => part[name] === parts[0]?.[name]);
}

function isPast({ scope, asOf }: Judging, record: WireRecord | undefined): boolean {
  const name = stampField(scope);
  return name === null || asOf === null || Date.parse(String(record?.[name])) < asOf - 1_000;
}

function records(wire: readonly unknown[]): WireRecord[] {
  return wire.filter((record): record is WireRecord => idOf(record) !== null);
}

export function idOf(record: unknown): string | null {
  const id = record !== null && typeof record === 'object' ? (record as WireRecord).Id : null;
  return typeof id === 'string' && id !== '' ? id : null;
}

/** Parents may stand in several groups, each with some of their fields. */
function merge(parts: readonly WireRecord[]): WireRecord {
  const merged: WireRecord = {};
  for (const part of parts)
    for (const [name, value] of Object.entries(part)) {
      const known = merged[name];
      merged[name] = isRecord(known) && isRecord(value) ? merge([known, value]) : value;
    }
  return merged;
}

function isRecord(value: Json | undefined): value is WireRecord {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
