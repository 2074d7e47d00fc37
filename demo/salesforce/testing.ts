import { type Salesforce, type SalesforceOptions, startSalesforce } from './index.ts';

/** An instant after all generated stamps at which tests let the clock stand. */
const TEST_CLOCK = '2026-06-15T10:00:00Z';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; the text where it is no JSON. */
  body: unknown;
}

/** A client with a session of its own organisation. */
export interface TestOrg extends Salesforce {
  token: string;
  /** Calls a path below /services/data/v60.0, or any path that begins with /services, /id or /__demo. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  query(soql: string, path?: string): Promise<Page>;
  /** All records of a query, page by page. */
  all(soql: string): Promise<Row[]>;
  signIn(): Promise<string>;
}

export type Row = Record<string, unknown> & { Id: string };

export interface Page {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: Row[];
}

/** Starts an organisation with a standing clock and signs in. */
export async function openOrg(options: SalesforceOptions = {}): Promise<TestOrg> {
  const salesforce = await startSalesforce({ contacts: 500, clock: TEST_CLOCK, ...options });
  const org: TestOrg = {
    ...salesforce,
    token: '',
    call: (method, path, body, headers) => send(org, method, path, body, headers),
    query: async (soql, path = '/query') => page(await org.call('GET', `${path}?q=${encodeURIComponent(soql)}`)),
    all: (soql) => readAll(org, soql),
    signIn: async () => {
      org.token = await fetchToken(salesforce);
      return org.token;
    },
  };
  await org.signIn();
  return org;
}

/**
 * Goes through the pages of an authorisation address as a person does in a browser, and returns the address that the
 * browser is sent to at the end. Throws with the page's text when it is sent nowhere.
 */
export async function visitAuthorize(
  address: string,
  person: { username: string; password: string },
  decision: 'allow' | 'deny',
): Promise<URL> {
  let cookie = '';
  const visit = async (url: string, form?: Record<string, string>): Promise<{ next: string | null; text: string }> => {
    const body = form && new URLSearchParams(form);
    const response = await fetch(url, { method: body ? 'POST' : 'GET', body, headers: { cookie }, redirect: 'manual' });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return { next: response.headers.get('location'), text: await response.text() };
  };
  const first = await visit(address);
  if (first.next !== null) return new URL(first.next);
  if (!first.text.includes('value="sign-in"')) throw new Error(first.text);
  const signedIn = await visit(address, { step: 'sign-in', username: person.username, password: person.password });
  if (signedIn.next === null) throw new Error(signedIn.text);
  const consent = await visit(new URL(signedIn.next, address).href);
  if (consent.next !== null) return new URL(consent.next);
  const confirmation = /name="confirmation" value="([^"]+)"/.exec(consent.text)?.[1] ?? '';
  const decided = await visit(address, { step: 'decide', confirmation, decision });
  if (decided.next === null) throw new Error(decided.text);
  return new URL(decided.next);
}

async function fetchToken({ url, clientId, clientSecret }: Salesforce): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const response = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

async function send(
  org: TestOrg,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const isWhole = /^\/(services|id|__demo)\b|^\/\//.test(path);
  const response = await fetch(org.url + (isWhole ? path : `/services/data/v60.0${path}`), {
    method,
    headers: { authorization: `Bearer ${org.token}`, 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
}

function page(answer: Answer): Page {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body as Page;
}

async function readAll(org: TestOrg, soql: string): Promise<Row[]> {
  const rows: Row[] = [];
  let next: Page = await org.query(soql);
  rows.push(...next.records);
  while (next.nextRecordsUrl !== undefined) {
    next = page(await org.call('GET', next.nextRecordsUrl));
    rows.push(...next.records);
  }
  return rows;
}
