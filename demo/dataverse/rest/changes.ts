import { type Call, serviceRoot } from '../call.ts';
import { badRequest, malformed } from '../errors.ts';
import { link, nextLink, readCookie } from '../odata/cookie.ts';
import { project } from '../odata/project.ts';
import { describeShape, readShape } from '../odata/shape.ts';
import { preferenceHeader } from '../preferences.ts';
import { odata, type Reply } from '../reply.ts';
import type { Deletion, Row, Table } from '../store/table.ts';
import { MOST_ROWS } from './mostRows.ts';

const FORBIDDEN = ['$filter', '$orderby', '$expand', '$top'];

interface Token {
  version: number;
  /** Seconds since 1970. */
  at: number;
}

/** What changed since a token; everything where there is none. Pages in the order of versions, deletions behind the rest. */
export function listChanges(call: Call, table: Table, path: string): Reply {
  const { org, query } = call;
  checkTracking(call, table);
  const since = readToken(call);
  const cookie = query.has('$skiptoken') ? readCookie(query.get('$skiptoken') ?? '') : null;
  const until = call.effects.changesWhilePaging ? org.lastVersion : (cookie?.until ?? org.lastVersion);
  const after = Number(cookie?.after[0] ?? since?.version ?? 0);
  const size = call.effects.pageRows ?? Math.min(call.prefer.pageSize ?? MOST_ROWS, MOST_ROWS);
  const entries = entriesOf(table, after, since, until);
  const page = entries.slice(0, size);
  const last = page.at(-1);
  const shape = readShape(org, table, query);
  const names = describeShape(shape);
  const context = `${serviceRoot(call)}$metadata#${table.definition.setName}${names === '' ? '' : `(${names})`}`;
  const hasMore = entries.length > page.length && last !== undefined;
  const { repeatPage } = call.effects;
  const place = repeatPage ? (cookie?.after ?? []) : last === undefined ? [] : [last.place];
  const number = (cookie?.page ?? 1) + (repeatPage ? 0 : 1);
  const end: [string, string] = hasMore
    ? ['@odata.nextLink', nextLink(call, path, { page: number, after: place, until })]
    : ['@odata.deltaLink', link(call, path, '$deltatoken', tokenText({ version: until, at: org.clock.seconds() }))];
  return odata(
    {
      '@odata.context': since === null ? context : `${context}/$delta`,
      ...(query.get('$count') === 'true' ? { '@odata.count': entries.length } : {}),
      [end[0]]: end[1],
      value: page.map(({ row, deletion }) =>
        row === null ? deletedEntry(call, table, deletion!) : project(call, table, row, shape),
      ),
    },
    200,
    preferenceHeader(call.prefer),
  );
}

/** `GET accounts/$count?$deltatoken=…`. */
export function countChanges(call: Call, table: Table): Reply {
  const since = readToken(call);
  const count = entriesOf(table, since?.version ?? 0, since, call.org.lastVersion).length;
  return { status: 200, contentType: 'text/plain', body: `\uFEFF${count}`, headers: { 'OData-Version': '4.0' } };
}

function checkTracking({ query }: Call, table: Table): void {
  if (!table.definition.tracksChanges)
    throw badRequest('0x80072491', `Change tracking is not enabled for the entity '${table.name}'.`);
  const wrong = FORBIDDEN.find((name) => query.has(name));
  if (wrong !== undefined)
    throw malformed(`The "${wrong.slice(1)}" query parameter isn't supported when Change Tracking is enabled.`);
}

interface Entry {
  /** Versions of changed rows are below those of deletions, which are told behind them. */
  place: number;
  row: Row | null;
  deletion: Deletion | null;
}

/** Lifts a deletion's place above every changed row's. */
const BEHIND = 2 ** 40;

/** Rows that change while they are read move behind the end, and are told by the next token. */
function entriesOf(table: Table, after: number, since: Token | null, until: number): Entry[] {
  const changed: Entry[] = [...table.rows.values()].map((row) => ({ place: row.version, row, deletion: null }));
  const deleted =
    since === null ? [] : table.deletions.filter(({ version }) => version > since.version && version <= until);
  return [
    ...changed.filter(({ place }) => place > (since?.version ?? 0) && place <= until),
    ...deleted
      .filter(({ id }) => !table.rows.has(id))
      .map((deletion) => ({ place: BEHIND + deletion.version, row: null, deletion })),
  ]
    .filter(({ place }) => place > after)
    .sort((a, b) => a.place - b.place);
}

function deletedEntry(call: Call, { definition }: Table, { id }: Deletion): Record<string, unknown> {
  return {
    '@odata.context': `${serviceRoot(call)}$metadata#${definition.setName}/$deletedEntity`,
    id,
    reason: 'deleted',
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `919042!08/22/2017 08:10:44`. */
function tokenText({ version, at }: Token): string {
  const date = new Date(at * 1000);
  const dayText = `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${date.getUTCFullYear()}`;
  return `${version}!${dayText} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** Null where everything is asked for. Throws for a token that is too old. */
function readToken({ org, query }: Call): Token | null {
  const text = query.get('$deltatoken');
  if (text === undefined) return null;
  const match = /^(\d+)!(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!match) throw malformed(`The delta token '${text}' is not valid.`);
  const [version = 0, month = 1, day = 1, year = 1970, hour, minute, second] = match.slice(1).map(Number);
  const at = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  const oldest = org.clock.seconds() - org.settings.changeTrackingDays * 86_400;
  if (at < oldest)
    throw badRequest('0x80044352', 'Version stamp associated with the client has expired. Please perform a full sync.');
  return { version, at };
}
