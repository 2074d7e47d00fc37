import { ApiError } from './errors.ts';
import type { Effects } from './faultKinds.ts';
import type { Org } from './org.ts';

/** One request, read completely. */
export interface Call {
  org: Org;
  method: string;
  /** Path without duplicate slashes. */
  path: string;
  /** Values of the route's parameters, decoded. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** Header names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** Scheme and host as the client wrote them. */
  base: string;
  /** Empty before the session was checked. */
  userId: string;
  effects: Effects;
}

export function header(call: Call, name: string): string {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

/** The version in the path, such as 60. */
export function versionOf(call: Call): number {
  return Number(/^v(\d+)\.0$/.exec(call.params.version ?? '')?.[1] ?? Number.NaN);
}

/** Path under which the version's resources lie. */
export function dataPath(call: Call): string {
  return `/services/data/${call.params.version}`;
}

/** The body as a JSON object. Throws what Salesforce answers when it is none. */
export function readJson(call: Call): Record<string, unknown> {
  const contentType = header(call, 'content-type');
  if (contentType !== '' && !/^application\/json\b/i.test(contentType)) {
    throw new ApiError(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `Content-Type header specified in HTTP request is not supported: ${contentType}`,
    );
  }
  const text = call.body.toString('utf8');
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError(400, 'JSON_PARSER_ERROR', `The HTTP entity body must be a JSON object at ${placeIn(text, 0)}`);
  }
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const offset = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length);
    const sign = text[offset];
    const found =
      sign === undefined ? 'Unexpected end-of-input' : `Unexpected character ('${sign}' (code ${sign.codePointAt(0)}))`;
    throw new ApiError(400, 'JSON_PARSER_ERROR', `${found}: expected a valid value at ${placeIn(text, offset)}`);
  }
}

/** Line and column of an offset as Salesforce writes them. */
export function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `[line:${before.length}, column:${before.at(-1)!.length + 1}]`;
}
