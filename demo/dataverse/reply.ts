/** What a handler answers; the server sends it, or plays a fault on it. */
export interface Reply {
  status: number;
  contentType: string;
  body: string;
  headers: Record<string, string>;
}

const ODATA_TYPE = 'application/json; odata.metadata=minimal';

export const odata = (value: unknown, status = 200, headers: Record<string, string> = {}): Reply => ({
  status,
  contentType: ODATA_TYPE,
  body: JSON.stringify(value),
  headers: { 'OData-Version': '4.0', ...headers },
});

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Reply => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
  headers,
});

export const noContent = (headers: Record<string, string> = {}): Reply => ({
  status: 204,
  contentType: '',
  body: '',
  headers: { 'OData-Version': '4.0', ...headers },
});
