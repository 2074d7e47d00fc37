import type { Call } from '../call.ts';
import { serviceRoot } from '../call.ts';
import { malformed } from '../errors.ts';
import type { Value } from '../tables/column.ts';

/** Where the next page begins: behind the row with these values. */
export interface Cookie {
  page: number;
  /** The values by which the last row was placed, or the versions of a list of changes. */
  after: Value[];
  /** Of a list of changes: the version up to which the next list begins. */
  until: number | null;
}

/** The address of the next page; opaque to clients, and good whenever it is asked for. */
export function nextLink(call: Call, path: string, cookie: Cookie): string {
  const inner = `<cookie page="${cookie.page - 1}" at="${toXml(JSON.stringify(cookie.after))}" until="${cookie.until ?? ''}" />`;
  const isTracking = cookie.until === null ? 'False' : 'True';
  const twice = encodeURIComponent(encodeURIComponent(inner));
  const token = `<cookie pagenumber="${cookie.page}" pagingcookie="${twice}" istracking="${isTracking}" />`;
  return link(call, path, '$skiptoken', token);
}

/** An address with the query of the request and one part more. */
export function link(call: Call, path: string, name: string, value: string): string {
  const replaced = name === '$deltatoken' ? ['$skiptoken', '$deltatoken'] : ['$skiptoken'];
  const parts = [...call.query].filter(([other]) => !replaced.includes(other));
  const query = [...parts, [name, value] as const].map(([one, text]) => `${one}=${encodeURIComponent(text)}`);
  return `${serviceRoot(call)}${path}?${query.join('&')}`;
}

export function readCookie(text: string): Cookie {
  const [, page = '', twice = ''] = /pagenumber="(\d+)" pagingcookie="([^"]*)"/.exec(text) ?? [];
  const inner = ofXml(decodeURIComponent(decodeURIComponent(twice)));
  const [, after = '', until = ''] = /at="([\s\S]*)" until="(\d*)"/.exec(inner) ?? [];
  try {
    return { page: Number(page), after: JSON.parse(after) as Value[], until: until === '' ? null : Number(until) };
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed('Malformed XML in the Paging Cookie');
    throw error;
  }
}

const toXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const ofXml = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
