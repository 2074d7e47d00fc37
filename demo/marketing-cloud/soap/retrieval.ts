import type { Continuation } from './continuations.ts';
import { FilterError } from './filters.ts';
import type { Element } from './xml.ts';

/** What a request asks for. */
export interface Retrieval {
  objectType: string;
  properties: string[];
  filter: Element | undefined;
}

/** The objects that were found, and how they are written. */
export type Found = Omit<Continuation, 'accountId' | 'at'>;

/** The request fails when it asks for a property that there is not. */
export function checkProperties({ objectType, properties }: Retrieval, knows: (name: string) => boolean): void {
  const unknown = properties.filter((name) => !knows(name));
  const what = `do not match with the fields of ${objectType} retrieve`;
  if (unknown.length > 0) throw new FilterError(`The Request Property(s) ${unknown.join(', ')} ${what}`);
}
