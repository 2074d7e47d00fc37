/** How a demo organisation is started. */
export interface MarketingCloudOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Address to listen on; loopback by default. */
  host?: string;
  /** Everything generated follows from this number and the number of subscribers. */
  seed?: number;
  /** Rows of the data extension of subscribers; the others are in proportion. */
  subscribers?: number;
  /** An instant at which the clock stands until it is stepped; without it the clock is the machine's. */
  clock?: string;
  /** The folder that stands for the account's Enhanced FTP, with `Import` in it. Without one no file is ever found. */
  ftpFolder?: string;
  /** Milliseconds that an asynchronous request or an import takes when nothing else is played on it. */
  workMs?: number;
  /** Whether a key that stands twice in one file is an error, or the last one wins: a setting of the account. */
  duplicatesAreErrors?: boolean;
}

export type Settings = Required<Omit<MarketingCloudOptions, 'clock' | 'ftpFolder'>> & {
  clock: string | undefined;
  ftpFolder: string | undefined;
};

const DEFAULTS: Settings = {
  port: 0,
  host: '127.0.0.1',
  seed: 1,
  subscribers: 5000,
  clock: undefined,
  ftpFolder: undefined,
  workMs: 5,
  duplicatesAreErrors: false,
};

export function withDefaults(options: MarketingCloudOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}
