/** What a handler answers; the server sends it, or plays a fault on it. */
export interface Reply {
  status: number;
  contentType: string;
  body: string;
  headers: Record<string, string>;
  /** A body too long to hold, piece by piece; `body` is empty then. */
  stream?: () => AsyncIterable<string>;
}

const JSON_TYPE = 'application/json;charset=UTF-8';

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return { status, contentType: JSON_TYPE, body: JSON.stringify(value), headers };
}

/** A body that is JSON text already. */
export function jsonText(body: string): Reply {
  return { status: 200, contentType: JSON_TYPE, body, headers: {} };
}

export function csvStream(stream: () => AsyncIterable<string>, headers: Record<string, string>): Reply {
  return { status: 200, contentType: 'text/csv', body: '', headers, stream };
}

export function noContent(): Reply {
  return { status: 204, contentType: '', body: '', headers: {} };
}
