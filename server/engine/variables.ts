/** Variables travel in the control store, with every transition: rows belong into tables. */
import { UserError } from '../../contract/errors.ts';
import type { Json } from '../../contract/types.ts';

/** Characters of their JSON text. */
const mostText = 1_000_000;

/** `what` names them as scripts do. Throws UserError VARIABLES_TOO_LARGE. */
export function requireSmall(what: string, vars: Record<string, Json>): void {
  const size = JSON.stringify(vars).length;
  if (size > mostText)
    throw new UserError('VARIABLES_TOO_LARGE', { what, size: kilobytes(size), most: kilobytes(mostText) });
}

const kilobytes = (characters: number): number => Math.ceil(characters / 1_000);
