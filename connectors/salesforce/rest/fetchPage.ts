/** One page of a query by the REST interface. */
import type { ReadQuery } from '../../../contract/connector.ts';
import { notUnderstood } from '../../kit/faults.ts';
import type { ReadScope } from '../scope.ts';
import type { Part } from '../soql.ts';
import { buildQuery, toAddress } from '../soql.ts';
import { quoteExactNumbers, readFields } from '../values.ts';

export interface WirePage {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: unknown[];
}

const headers = { 'Sforce-Query-Options': 'batchSize=2000' };

export function queryPath(scope: ReadScope, query: ReadQuery, part: Part): string {
  const resource = query.everything ? 'queryAll' : 'query';
  return scope.session.path(`/${resource}?q=${toAddress(buildQuery(query, scope.fields, part))}`);
}

/** `query.fields` are those of the page. */
export function fetchPage(scope: ReadScope, query: ReadQuery, path: string): Promise<WirePage> {
  const fields = readFields(query.fields, scope.find, query.raw);
  return scope.session.page(path, { object: query.object, headers }, (text) => {
    const page = toPage(JSON.parse(quoteExactNumbers(text, fields)));
    if (page.nextRecordsUrl === path) throw notUnderstood('a page that names itself as the next one');
    return page;
  });
}

/** All records of one part of a query; the CRM may send them in pages smaller than asked for. */
export async function fetchPart(scope: ReadScope, query: ReadQuery, part: Part): Promise<unknown[]> {
  const records: unknown[] = [];
  let next: string | null = queryPath(scope, query, part);
  while (next !== null) {
    const page: WirePage = await fetchPage(scope, query, next);
    records.push(...page.records);
    next = page.done ? null : (page.nextRecordsUrl ?? null);
  }
  return records;
}

function toPage(value: unknown): WirePage {
  const page = value as WirePage | null;
  if (!Array.isArray(page?.records) || typeof page.done !== 'boolean')
    throw notUnderstood('an answer to a query without records');
  if (!page.done && typeof page.nextRecordsUrl !== 'string')
    throw notUnderstood('a page that is not the last and names no next one');
  return page;
}
