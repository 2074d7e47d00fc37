/** How a demo organisation is started. */
export interface DataverseOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Address to listen on; loopback by default. */
  host?: string;
  /** Everything generated follows from this number and the number of contacts. */
  seed?: number;
  /** Contacts; accounts, leads, cases and subscriptions are in proportion. */
  contacts?: number;
  /** An instant at which the clock stands until it is stepped; without it the clock is the machine's. */
  clock?: string;
  /** Requests in 300 seconds before 429. */
  requestsInWindow?: number;
  /** Requests at the same time before 429. */
  concurrentRequests?: number;
  /** Seconds for which an access token is good. */
  tokenSeconds?: number;
  /** Days for which changes are known to who asks with a token. */
  changeTrackingDays?: number;
  /** Whether `ne` finds rows that hold nothing: sources disagree on what Dataverse does. */
  negationFindsNulls?: boolean;
  /** Whether deleted rows can be restored at all: the recycle bin is switched on per environment. */
  recycleBin?: boolean;
  /** Certificate or public key (PEM) with which the app may prove itself. */
  publicKey?: string | null;
}

export type Settings = Required<Omit<DataverseOptions, 'clock'>> & { clock: string | undefined };

const DEFAULTS: Settings = {
  port: 0,
  host: '127.0.0.1',
  seed: 1,
  contacts: 5000,
  requestsInWindow: 1_000_000,
  concurrentRequests: 52,
  tokenSeconds: 3599,
  changeTrackingDays: 7,
  negationFindsNulls: true,
  recycleBin: true,
  publicKey: null,
  clock: undefined,
};

export function withDefaults(options: DataverseOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}
