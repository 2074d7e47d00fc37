import type { DataExtension } from './extensions/extension.ts';
import type { Locations } from './locations.ts';
import type { Settings } from './options.ts';
import type { Work } from './work.ts';

/** What work that goes on behind an answer needs of its organisation. */
export interface Host {
  readonly settings: Settings;
  readonly work: Work;
  readonly locations: Locations;
  /** What the servers' clock shows now. */
  serverTime(): string;
  byId(accountId: number, id: string): DataExtension | undefined;
}
