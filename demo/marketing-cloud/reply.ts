/** What a handler answers; the server sends it, or plays a fault on it. */
export interface Reply {
  status: number;
  contentType: string;
  body: string;
  headers: Record<string, string>;
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value), headers };
}

export function xml(body: string, status = 200): Reply {
  return { status, contentType: 'text/xml; charset=utf-8', body, headers: {} };
}
