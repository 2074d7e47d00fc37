import { createHash } from 'node:crypto';
import type { Cell } from '../../contract/types.ts';
import { canonicalText } from '../../contract/types.ts';
import type { ReplicaColumn } from './state.ts';

/** Equal for rows whose cells are equal, whichever side they were read from. */
export function rowHash(columns: readonly ReplicaColumn[], row: readonly Cell[]): string {
  const texts = columns.map(({ type }, place) => canonicalText(type, row[place] ?? null));
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url');
}
