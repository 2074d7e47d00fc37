import { randomUUID } from 'node:crypto';
import type { DataExtension, Row } from '../extensions/extension.ts';

/** Rows that were found, fixed for as long as the token is good. */
export interface FoundRows {
  token: string;
  accountId: number;
  extension: DataExtension;
  rows: readonly Row[];
}

const KEPT = 50;

/** The results that are being read page by page. */
export class Tokens {
  readonly #known = new Map<string, FoundRows>();

  keep(accountId: number, extension: DataExtension, rows: readonly Row[]): FoundRows {
    const found = { token: randomUUID(), accountId, extension, rows };
    this.#known.set(found.token, found);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
    return found;
  }

  find(accountId: number, token: string): FoundRows | undefined {
    const found = this.#known.get(token.toLowerCase());
    return found?.accountId === accountId ? found : undefined;
  }
}
