/** Rows of data extensions: looked for by their keys, and sent in the background. */
import type { DataExtension, ExtensionColumn, RowOutcome } from '../../contract/dataExtension.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import { canonicalText } from '../../contract/types.ts';
import type { SendLimit } from '../../contract/write.ts';
import { oneLine } from '../kit/faults.ts';
import { pause } from '../kit/repeat.ts';
import type { Session } from './session.ts';
import { type Filter, retrieve } from './soap.ts';
import { isSame, keyForm, readKey } from './values.ts';
import { childrenOf, descend, type Element, textOf } from './xml.ts';

/** Keys in one question, and results in one page. */
const keysAtOnce = 200;
const pageSize = 1_000;
/** Milliseconds before a request is asked for again while it is worked on; then others may have the time. */
const patience = [50, 150, 400, 1_000, 2_000];

export async function hasRows(session: Session, extension: DataExtension, keys: readonly Cell[][]): Promise<boolean[]> {
  const columns = extension.columns.filter(({ key }) => key);
  const found = await findRows(session, extension, columns, keys);
  return keys.map((key) => found.has(formOf(columns, key)));
}

export async function holds(
  session: Session,
  extension: DataExtension,
  rows: readonly Record<string, Cell>[],
): Promise<(boolean | null)[]> {
  const named = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = extension.columns.filter(({ name }) => named.has(name));
  const keyColumns = extension.columns.filter(({ key }) => key);
  const keys = rows.map((row) => keyColumns.map(({ name }) => row[name] ?? null));
  const found = await findRows(session, extension, columns, keys);
  return rows.map((row, index) => {
    const texts = found.get(formOf(keyColumns, keys[index] ?? []));
    if (texts === undefined) return null;
    const others = columns.filter(({ key, name }) => !key && name in row);
    return others.every((column) =>
      isSame(column, row[column.name] ?? null, texts.get(column.name.toLowerCase()) ?? ''),
    );
  });
}

/** Texts of the rows that are there, by name in small letters, by the form of the key. */
async function findRows(
  session: Session,
  extension: DataExtension,
  columns: readonly ExtensionColumn[],
  keys: readonly Cell[][],
): Promise<Map<string, Map<string, string>>> {
  const keyColumns = extension.columns.filter(({ key }) => key);
  if (keyColumns.length === 0) throw new UserError('EXTENSION_NO_KEY', { key: extension.key });
  const asked = [...new Set([...keyColumns, ...columns].map(({ name }) => name))];
  const found = new Map<string, Map<string, string>>();
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const filter = filterOf(keyColumns, keys.slice(from, from + keysAtOnce));
    for await (const page of retrieve(session, `DataExtensionObject[${extension.key}]`, asked, filter))
      for (const row of page) {
        const texts = readRow(row);
        const key = keyColumns.map((column) => readKey(column, texts.get(column.name.toLowerCase()) ?? ''));
        found.set(formOf(keyColumns, key), texts);
      }
  }
  return found;
}

/** Each column of the key has one of its values; of several columns, some more rows may come than were asked for. */
function filterOf(columns: readonly ExtensionColumn[], keys: readonly Cell[][]): Filter {
  const parts = columns.map(({ name, type }, place) => ({
    property: name,
    values: [...new Set(keys.map((key) => canonicalText(type, key[place] ?? null) ?? ''))],
  }));
  return parts.reduceRight<Filter | null>(
    (right, left) => (right === null ? left : { both: [left, right] }),
    null,
  ) as Filter;
}

function readRow(row: Element): Map<string, string> {
  const properties = childrenOf(descend(row, 'Properties'), 'Property');
  return new Map(properties.map((one) => [textOf(one, 'Name').toLowerCase(), textOf(one, 'Value')]));
}

function formOf(columns: readonly ExtensionColumn[], key: readonly Cell[]): string {
  return JSON.stringify(columns.map((column, index) => keyForm(column, key[index] ?? null)));
}

export async function send(
  session: Session,
  key: string,
  rows: readonly Record<string, Cell>[],
  limit?: SendLimit,
): Promise<string> {
  const path = `data/v1/async/dataextensions/key:${encodeURIComponent(key)}/rows`;
  const { requestId } = await session.rest('PUT', path, { items: [...rows] }, limit);
  if (typeof requestId === 'string' && requestId !== '') return requestId;
  throw new RetryLater('REMOTE_NOT_UNDERSTOOD', { reason: 'rows were accepted without the id of a request' });
}

export async function outcome(session: Session, request: string, rows: number): Promise<RowOutcome[] | null> {
  if (!(await isOver(session, request))) return null;
  const results: unknown[] = [];
  for (let page = 1; results.length < rows; page += 1) {
    const path = `${pathOf(request)}/results?$page=${page}&$pageSize=${pageSize}`;
    const { items } = await session.rest('GET', path);
    if (!Array.isArray(items) || items.length === 0) break;
    results.push(...items);
  }
  if (results.length === rows) return results.map(readResult);
  throw lost(`${results.length} results came for ${rows} rows`);
}

async function isOver(session: Session, request: string): Promise<boolean> {
  for (const wait of [...patience, null]) {
    const { status } = await session.rest('GET', `${pathOf(request)}/status`).catch((error: unknown) => {
      throw error instanceof UserError && error.code === 'REMOTE_REFUSED' ? lost(error.message) : error;
    });
    const word = (status as { requestStatus?: unknown } | undefined)?.requestStatus;
    if (word === undefined) throw lost('no status came');
    if (word !== 'Pending') return true;
    if (wait !== null) await pause(wait, session.host.signal);
  }
  return false;
}

const pathOf = (request: string): string => `data/v1/async/${encodeURIComponent(request)}`;
const lost = (reason: string): RetryLater => new RetryLater('REQUEST_LOST', { reason: oneLine(reason) });

/** What is said of a row, by the sign in its text that tells what is wrong: most errors have the same code. */
const signs: [RegExp, ErrorCode][] = [
  [/deadlock|timeout/i, 'RECORD_BUSY'],
  [/required|cannot insert the value NULL|primary key field .*no value/i, 'REQUIRED_MISSING'],
  [/parse error|maximum length|not a valid|truncated|does not fit|convert/i, 'VALUE_REFUSED'],
];

function readResult(item: unknown): RowOutcome {
  const { status, errorCode, message } = (item ?? {}) as Record<string, unknown>;
  if (status === 'OK') return { ok: true };
  const said = oneLine(String(message ?? 'no reason was given'));
  const code = signs.find(([sign]) => sign.test(said))?.[1] ?? 'RULE_REFUSED';
  const field = /(?:column|field) \[([^\]]+)\]/i.exec(said)?.[1];
  return {
    ok: false,
    code,
    symbol: String(errorCode ?? code),
    message: said,
    fields: field === undefined ? [] : [field],
  };
}
