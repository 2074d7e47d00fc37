import { malformed } from './errors.ts';
import type { Effects } from './faultKinds.ts';
import type { Org } from './org.ts';
import { type Preferences, readPreferences } from './preferences.ts';

/** One request, read completely; alone or as a part of a batch. */
export interface Call {
  org: Org;
  method: string;
  /** As it was sent, still encoded. */
  path: string;
  /** Names as they were sent, `$select` among them; values decoded. */
  query: ReadonlyMap<string, string>;
  /** Header names in lower case. */
  headers: Record<string, string | undefined>;
  body: Buffer;
  /** Scheme and host as the client wrote them. */
  base: string;
  prefer: Preferences;
  effects: Effects;
  /** Ids of what a change set has made so far, by content id; null outside of one. */
  references: Map<string, string> | null;
}

/** The address of the service as the client wrote it. Links in answers begin with it. */
export const serviceRoot = ({ base, path }: Call): string =>
  base + (/^\/api\/data\/v9\.[0-9]+\//.exec(path)?.[0] ?? '/api/data/v9.2/');

function readQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const [name, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    query.set(decode(name), decode(value));
  }
  return query;
}

/** A plus stands for a space, as everywhere in a query. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) throw malformed(`The query specified in the URI is not valid. ${text}`);
    throw error;
  }
}

export interface Parts {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string | undefined>;
  body: Buffer;
}

export function openCall(
  outer: Pick<Call, 'org' | 'base' | 'effects' | 'references'>,
  { method, path, query, headers, body }: Parts,
): Call {
  return { ...outer, method, path, query: readQuery(query), headers, body, prefer: readPreferences(headers.prefer) };
}

/** The body as a JSON object. Throws what Dataverse answers when it is none. */
export function readJson({ body }: Call): Record<string, unknown> {
  const text = body.toString('utf8').replace(/^\uFEFF/, '');
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw malformed('An error occurred while reading the JSON body of the request: it is not an object.');
}
