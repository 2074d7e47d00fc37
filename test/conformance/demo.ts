/** The organisation that clients are run against, and what it says itself of what it holds. */
import type { Organisation } from '../harness/organisation.ts';

type Row = Record<string, unknown>;

export interface Demo extends Organisation {
  username: string;
  password: string;
  securityToken: string;
  token(): Promise<string>;
  /** How many records a query finds. */
  count(soql: string): Promise<number>;
  ids(soql: string): Promise<string[]>;
  /** The paths of the requests that came while the work went on. */
  requestsOf(work: () => Promise<unknown>): Promise<string[]>;
}

/** Adds to an organisation what the lines compare with. */
export async function openDemo(organisation: Organisation): Promise<Demo> {
  const { url, clientId, clientSecret } = organisation;
  const app = (await organisation.control('app', {})) as Record<'username' | 'password' | 'securityToken', string>;
  const requests = async (since: number) =>
    (await (await fetch(`${url}/__demo/requests?since=${since}`)).json()) as { number: number; path: string }[];
  return {
    ...organisation,
    username: app.username,
    password: app.password,
    securityToken: app.securityToken,
    token: () => signIn(url, clientId, clientSecret),
    count: async (soql) => (await organisation.query(soql)).length,
    ids: async (soql) => (await organisation.query(soql)).map((row: Row) => String(row.Id)),
    requestsOf: async (work) => {
      const before = (await requests(0)).at(-1)?.number ?? 0;
      await work();
      return (await requests(before)).map(({ path }) => path);
    },
  };
}

async function signIn(url: string, clientId: string, clientSecret: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const response = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body });
  const answer = (await response.json()) as { access_token?: string };
  if (answer.access_token === undefined) throw new Error(`The organisation gives no token: ${JSON.stringify(answer)}`);
  return answer.access_token;
}
