import { guidOf } from './guid.ts';

/** A place that imports take their files from. */
export interface Location {
  id: string;
  customerKey: string;
  name: string;
  description: string;
  type: 'EnhancedFtp' | 'AmazonSimpleStorage' | 'ExternalSftp';
  /** What an administrator entered, under the name that the interface has for the type. */
  details: Record<string, unknown>;
  /** The folder in which its files lie here; null when they cannot be reached. */
  folder: string | null;
  /** Fetches the file of a name into that folder first, as from a bucket; null: it lies there. */
  fetch: ((name: string, folder: string) => Promise<void>) | null;
}

const ENHANCED_FTP = 'ExactTarget Enhanced FTP';

/** The account's file locations. Enhanced FTP is always there. */
export class Locations {
  readonly #all: Location[];

  constructor(ftpFolder: string | undefined) {
    const folder = ftpFolder ?? null;
    const id = guidOf(ENHANCED_FTP);
    this.#all = [
      {
        id,
        customerKey: ENHANCED_FTP,
        name: ENHANCED_FTP,
        description: '',
        type: 'EnhancedFtp',
        details: {},
        folder,
        fetch: null,
      },
    ];
  }

  all(): readonly Location[] {
    return this.#all;
  }

  byKey(key: string): Location | undefined {
    return this.#all.find(({ customerKey }) => customerKey.toLowerCase() === key.toLowerCase());
  }

  byId(id: string): Location | undefined {
    return this.#all.find((location) => location.id === id.toLowerCase());
  }

  /** Puts it in the place of the one with its key, if there is one. */
  put(location: Location): void {
    const place = this.#all.findIndex(
      ({ customerKey }) => customerKey.toLowerCase() === location.customerKey.toLowerCase(),
    );
    if (place < 0) this.#all.push(location);
    else this.#all[place] = location;
  }
}
