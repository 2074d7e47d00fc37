import type { AppSettings } from './signIn/app.ts';

/** How a demo organisation is started. */
export interface SalesforceOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Address to listen on; loopback by default. */
  host?: string;
  /** Everything generated follows from this number and the number of contacts. */
  seed?: number;
  /** Live contacts; accounts, leads, cases, contracts and opportunities are in proportion. */
  contacts?: number;
  /** An instant at which the clock stands until it is stepped; without it the clock is the machine's. */
  clock?: string;
  /** API calls in 24 hours before REQUEST_LIMIT_EXCEEDED. */
  dailyRequests?: number;
  /** Seconds without a call after which a session ends. */
  sessionSeconds?: number;
  /** Whether `!=` and NOT IN find records that hold nothing: sources disagree on what Salesforce does. */
  negationFindsNulls?: boolean;
  /**
   * Whether `deleted` refuses a start before the last purge with INVALID_REPLICATION_DATE, or answers what it still knows
   * with a later `earliestDateAvailable`: sources name both.
   */
  refusesPurgedDeletes?: boolean;
  /** How the app that clients sign in through is set up. */
  app?: Partial<AppSettings>;
}

export type Settings = Required<Omit<SalesforceOptions, 'clock'>> & { clock: string | undefined };

const DEFAULTS: Settings = {
  port: 0,
  host: '127.0.0.1',
  seed: 1,
  contacts: 5000,
  dailyRequests: 1_000_000,
  sessionSeconds: 7200,
  negationFindsNulls: true,
  refusesPurgedDeletes: false,
  clock: undefined,
  app: {},
};

export function withDefaults(options: SalesforceOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}
