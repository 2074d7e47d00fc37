import { UserError } from '../../contract/errors.ts';

const pattern = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/** Lower case and without braces, as the Web API writes it. Throws RECORD_ID_INVALID for a text that is no id. */
export function fullId(text: string): string {
  const id = pattern.exec(text.trim())?.[1];
  if (id === undefined) throw new UserError('RECORD_ID_INVALID', { id: text.slice(0, 40) });
  return id.toLowerCase();
}
