import { type MarketingCloud, type MarketingCloudOptions, startMarketingCloud } from './index.ts';
import { descend, type Element, readXml, textOf } from './soap/xml.ts';

/** An instant after all generated ones at which tests let the clock stand. */
const TEST_CLOCK = '2026-06-15T10:00:00Z';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; the text where it is no JSON. */
  body: unknown;
}

/** A client with a token of its own organisation. */
export interface TestCloud extends MarketingCloud {
  token: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Sends the XML of a SOAP body; resolves to the element of the answer. Throws with the text of a fault. */
  soap(body: string): Promise<Element>;
  /** Rows of a data extension as the interfaces write them. */
  rows(key: string): Promise<Record<string, string>[]>;
  signIn(fields?: Record<string, unknown>): Promise<Answer>;
}

/** Starts an organisation with a standing clock and signs in. */
export async function openCloud(options: MarketingCloudOptions = {}): Promise<TestCloud> {
  const started = await startMarketingCloud({ subscribers: 100, clock: TEST_CLOCK, ...options });
  const cloud: TestCloud = {
    ...started,
    token: '',
    call: (method, path, body, headers) => send(cloud, method, path, body, headers),
    soap: (body) => sendSoap(cloud, body),
    rows: async (key) => {
      const { body } = await cloud.call('GET', `/__demo/rows?key=${encodeURIComponent(key)}`);
      return body as Record<string, string>[];
    },
    signIn: async (fields = {}) => {
      const { clientId, clientSecret } = started;
      const asked = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, ...fields };
      const answer = await cloud.call('POST', '/v2/token', asked);
      if (answer.status === 200) cloud.token = (answer.body as { access_token: string }).access_token;
      return answer;
    },
  };
  await cloud.signIn();
  return cloud;
}

/** Sends rows in the background and waits until they are worked off; resolves to the results, row by row. */
export async function sendRows(cloud: TestCloud, method: string, key: string, items: unknown[]): Promise<unknown[]> {
  const path = `/data/v1/async/dataextensions/key:${encodeURIComponent(key)}/rows`;
  const sent = await cloud.call(method, path, { items });
  if (sent.status !== 202) throw new Error(sent.text);
  const { requestId } = sent.body as { requestId: string };
  for (;;) {
    const { body } = await cloud.call('GET', `/data/v1/async/${requestId}/status`);
    if ((body as { status: { requestStatus: string } }).status.requestStatus !== 'Pending') break;
  }
  const { body } = await cloud.call('GET', `/data/v1/async/${requestId}/results?$pageSize=2500`);
  return (body as { items: unknown[] }).items;
}

async function send(
  cloud: TestCloud,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(cloud.url + path, {
    method,
    headers: { authorization: `Bearer ${cloud.token}`, 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
}

async function sendSoap(cloud: TestCloud, body: string): Promise<Element> {
  const header = `<s:Header><fueloauth xmlns="http://exacttarget.com">${cloud.token}</fueloauth></s:Header>`;
  const envelope =
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" ' +
    `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${header}<s:Body>${body}</s:Body></s:Envelope>`;
  const { text } = await cloud.call('POST', '/Service.asmx', envelope, { 'content-type': 'text/xml' });
  const answer = descend(readXml(text), 'Body')!.children[0]!;
  if (answer.name === 'Fault') throw new Error(textOf(answer, 'faultstring') ?? '');
  return answer;
}
