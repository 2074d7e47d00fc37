import type { ImportDefinition } from './definition.ts';

/** Longest key of a definition. */
export const MOST_KEY = 36;

/** The import definitions of all accounts. */
export class ImportDefinitions {
  readonly #all: ImportDefinition[] = [];

  of(accountId: number): ImportDefinition[] {
    return this.#all.filter((definition) => definition.accountId === accountId);
  }

  byKey(accountId: number, key: string): ImportDefinition | undefined {
    return this.of(accountId).find(({ customerKey }) => customerKey.toLowerCase() === key.toLowerCase());
  }

  byId(accountId: number, id: string): ImportDefinition | undefined {
    return this.of(accountId).find(({ objectId }) => objectId === id.toLowerCase());
  }

  add(definition: ImportDefinition): void {
    this.#all.push(definition);
  }

  remove(definition: ImportDefinition): void {
    this.#all.splice(this.#all.indexOf(definition), 1);
  }
}
