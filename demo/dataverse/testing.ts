import { type Dataverse, type DataverseOptions, startDataverse } from './index.ts';

/** An instant after all generated stamps at which tests let the clock stand. */
export const TEST_CLOCK = '2026-06-15T10:00:00Z';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; the text where it is no JSON. */
  body: unknown;
}

export type Row = Record<string, unknown>;

export interface Page {
  value: Row[];
  '@odata.nextLink'?: string;
  '@odata.deltaLink'?: string;
  '@odata.count'?: number;
}

/** A client with a token of its own organisation. */
export interface TestOrg extends Dataverse {
  token: string;
  /** Calls a path below /api/data/v9.2/, or a whole address, or a path that begins with a slash. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A page of a collection; throws for anything but 200. */
  page(path: string, headers?: Record<string, string>): Promise<Page>;
  /** All rows of a collection, page by page. */
  all(path: string, headers?: Record<string, string>): Promise<Row[]>;
  control(path: string, body: unknown): Promise<Row>;
  signIn(): Promise<string>;
}

/** Starts an organisation with a standing clock and signs in. */
export async function openOrg(options: DataverseOptions = {}): Promise<TestOrg> {
  const dataverse = await startDataverse({ contacts: 500, clock: TEST_CLOCK, ...options });
  const org: TestOrg = {
    ...dataverse,
    token: '',
    call: (method, path, body, headers) => send(org, method, path, body, headers),
    page: async (path, headers) => demandPage(await org.call('GET', path, undefined, headers)),
    all: (path, headers) => readAll(org, path, headers),
    control: async (path, body) => (await org.call('POST', `/__demo/${path}`, body)).body as Row,
    signIn: async () => {
      org.token = await fetchToken(dataverse);
      return org.token;
    },
  };
  await org.signIn();
  return org;
}

export const codeOf = ({ body }: Answer): string => (body as { error: { code: string } }).error.code;
export const messageOf = ({ body }: Answer): string => (body as { error: { message: string } }).error.message;

async function fetchToken({ url, tenant, clientId, clientSecret }: Dataverse): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${url}/.default`,
  };
  const response = await fetch(`${url}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function send(
  org: TestOrg,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const address = path.startsWith('http') ? path : org.url + (path.startsWith('/') ? path : `/api/data/v9.2/${path}`);
  const response = await fetch(address, {
    method,
    headers: { authorization: `Bearer ${org.token}`, 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
}

function demandPage(answer: Answer): Page {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body as Page;
}

async function readAll(org: TestOrg, path: string, headers?: Record<string, string>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const page: Page = await org.page(next, headers);
    rows.push(...page.value);
    next = page['@odata.nextLink'];
  }
  return rows;
}
