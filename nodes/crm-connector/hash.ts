/** A record's content in a few characters, to tell whether it is the same as one that was read before. */
import { createHash } from 'node:crypto';
import type { Cell, Column } from '../../contract/types.ts';

export const hashColumn: Column = { name: '_hash', label: '_hash', type: 'text' };

/** Of the cells as they leave; 132 bits tell records apart. */
export const hashOf = (cells: readonly Cell[]): string =>
  createHash('sha256').update(JSON.stringify(cells)).digest('base64url').slice(0, 22);
