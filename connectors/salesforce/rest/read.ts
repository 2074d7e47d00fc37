/** Reading by pages of the REST interface, one in memory. What is lost on the way is asked for again behind the last record delivered. */
import type { ReadPage, ReadQuery } from '../../../contract/connector.ts';
import { RetryLater, UserError } from '../../../contract/errors.ts';
import { isRefusal } from '../../kit/faults.ts';
import { isOrdered } from '../../kit/reads.ts';
import { fullId } from '../ids.ts';
import type { Place, ReadScope, Selection } from '../scope.ts';
import { select, theBeginning, toPosition } from '../scope.ts';
import type { Keyset } from '../soql.ts';
import { convertRecords, malformed } from '../values.ts';
import type { WirePage } from './fetchPage.ts';
import { fetchPage, queryPath } from './fetchPage.ts';
import type { IdGroups } from './groups.ts';
import { addressRoom, groupsForIds, groupsForPages, leastRoom } from './groups.ts';
import type { WireRecord } from './whole.ts';
import { completePage, idOf, readWhole } from './whole.ts';

/** A read in the user's own order begins again, wherever it was. */
export async function* readByPages(scope: ReadScope, query: ReadQuery, from: Place): AsyncGenerator<ReadPage> {
  const reader = new PageReader(scope, query, isOrdered(query) ? theBeginning : from);
  for (let page = await reader.next(); page !== null; page = await reader.next()) yield page;
}

/** One page for each request's worth of ids. Throws RECORD_ID_INVALID. */
export async function* readByIds(scope: ReadScope, query: ReadQuery, ids: readonly string[]): AsyncGenerator<ReadPage> {
  const { orderBy: _order, limit: _limit, ...asked } = query;
  const selection = select(scope, asked);
  const distinct = [...new Set(ids.map(fullId))];
  const groups = groupsForIds(scope, asked, selection.names, addressRoom);
  for (let from = 0; from < distinct.length; from += groups.ids) {
    const { records, unsettled } = await readWhole(scope, asked, groups, distinct.slice(from, from + groups.ids));
    yield { ...convert(selection, [...records.values()], unsettled), position: null, total: null };
  }
}

function convert(selection: Selection, records: readonly unknown[], unsettled: readonly WireRecord[]) {
  const page = selection.cut(convertRecords(records, selection.fields, 'Id'));
  const rejects = unsettled.map((record) =>
    malformed(record, idOf(record), 'it changed each time while its fields were read in several requests', []),
  );
  return { ...page, rejects: [...page.rejects, ...rejects] };
}

class PageReader {
  readonly #scope: ReadScope;
  readonly #query: ReadQuery;
  readonly #selection: Selection;
  readonly #isOrdered: boolean;
  #room = addressRoom;
  #groups: { pages: readonly string[][]; ids: IdGroups | null };
  #after: Keyset | null;
  #delivered: number;
  /** Records before the query that the CRM now pages through. */
  #before: number;
  /** Where the next page is; null: a query is asked anew. */
  #cursor: string | null = null;
  #isDone = false;

  constructor(scope: ReadScope, query: ReadQuery, from: Place) {
    this.#scope = scope;
    this.#query = query;
    this.#selection = select(scope, query);
    this.#isOrdered = isOrdered(query);
    this.#after = from.after;
    this.#delivered = from.delivered;
    this.#before = from.delivered;
    this.#groups = this.#split();
  }

  async next(): Promise<ReadPage | null> {
    if (this.#isDone || this.#left() === 0) return null;
    const wire = await this.#fetch();
    const last = this.#isOrdered ? null : lastKeyset(wire.records, this.#query, this.#after);
    const { records, unsettled } = await this.#complete(wire, last);
    this.#after = last;
    this.#delivered += wire.records.length;
    this.#isDone = wire.done;
    this.#cursor = wire.nextRecordsUrl ?? null;
    return {
      ...convert(this.#selection, records, unsettled),
      position: this.#isOrdered ? null : toPosition({ after: last, delivered: this.#delivered, job: null }),
      total: this.#before + wire.totalSize,
    };
  }

  #left(): number {
    return (this.#query.limit ?? Number.POSITIVE_INFINITY) - this.#delivered;
  }

  async #fetch(): Promise<WirePage> {
    const asked = this.#asked();
    const path = this.#cursor ?? queryPath(this.#scope, asked, { after: this.#after });
    try {
      return await fetchPage(this.#scope, asked, path);
    } catch (error) {
      if (!this.#askAnew(error)) throw error;
      return this.#fetch();
    }
  }

  /** The query of the first group, for what is left of the limit. */
  #asked(): ReadQuery {
    const { limit, ...query } = this.#query;
    const fields = this.#groups.pages[0] ?? [];
    return { ...query, fields, ...(limit === undefined ? {} : { limit: this.#left() }) };
  }

  /** Whether a query behind the last record may help: the cursor has died, or the address was too long after all. */
  #askAnew(error: unknown): boolean {
    if (isRefusal(error, 'INVALID_QUERY_LOCATOR') && this.#cursor !== null) {
      if (this.#isOrdered) throw new RetryLater('REMOTE_CURSOR_ENDED', {}, { cause: error });
      const { log } = this.#scope.session.host;
      log('warning', 'The cursor of the outside system had ended; reading goes on behind the last record.');
    } else if (!this.#narrow(error)) return false;
    this.#cursor = null;
    this.#before = this.#delivered;
    return true;
  }

  /** Proxies take less than the CRM: the fields are split further. */
  #narrow(error: unknown): boolean {
    const isTooLong = error instanceof UserError && error.code === 'QUERY_TOO_LONG';
    if (!isTooLong || this.#cursor !== null || this.#room / 2 < leastRoom) return false;
    this.#room /= 2;
    this.#groups = this.#split();
    return true;
  }

  #split(): { pages: readonly string[][]; ids: IdGroups | null } {
    const { names } = this.#selection;
    const pages = groupsForPages(this.#scope, this.#query, names, this.#room);
    const ids = pages.length > 1 ? groupsForIds(this.#scope, withoutOrder(this.#query), names, this.#room) : null;
    return { pages, ids };
  }

  async #complete(wire: WirePage, last: Keyset | null): Promise<{ records: unknown[]; unsettled: WireRecord[] }> {
    const { pages, ids } = this.#groups;
    if (ids === null) return { records: wire.records, unsettled: [] };
    const part = last === null ? null : { after: this.#after, until: last };
    return completePage(this.#scope, withoutOrder(this.#query), { pages, ids }, wire.records, part);
  }
}

function withoutOrder({ orderBy: _order, limit: _limit, ...query }: ReadQuery): ReadQuery {
  return query;
}

/** From the last record of the page that can be placed; a malformed one in between is behind it all the same. */
function lastKeyset(records: readonly unknown[], query: ReadQuery, before: Keyset | null): Keyset | null {
  for (const record of records.toReversed()) {
    const id = idOf(record);
    if (id === null) continue;
    if (!query.window) return { stamp: null, id };
    const time = Date.parse(String((record as WireRecord)[query.window.field]));
    if (!Number.isNaN(time)) return { stamp: new Date(time).toISOString(), id };
  }
  return before;
}
