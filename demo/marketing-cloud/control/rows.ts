import { HOME } from '../accounts.ts';
import { RowError } from '../errors.ts';
import type { DataExtension } from '../extensions/extension.ts';
import { showValue } from '../extensions/values.ts';
import type { Org } from '../org.ts';
import { ControlError } from './rules.ts';

/** All rows of a data extension of the home account, by column names, as the interfaces write them. */
export function listRows(org: Org, key: string): Record<string, string>[] {
  const extension = find(org, key);
  return extension
    .rows()
    .map((row) =>
      Object.fromEntries(extension.fields.map((field) => [field.name, showValue(field, extension.read(row, field))])),
    );
}

/** Does what a person or another system would do to the rows: `upsert`, `clear`. Returns how many there are. */
export function changeRows(org: Org, body: Record<string, unknown>): { rows: number } {
  const extension = find(org, String(body.key ?? ''));
  if (body.clear === true) extension.clear();
  const rows = body.upsert ?? [];
  if (!Array.isArray(rows)) throw new ControlError('upsert must be a list of rows');
  try {
    for (const row of rows) extension.write(extension.keyFields.length > 0 ? 'upsert' : 'add', row);
  } catch (error) {
    if (error instanceof RowError) throw new ControlError(error.message);
    throw error;
  }
  return { rows: extension.size };
}

function find(org: Org, key: string): DataExtension {
  const extension = org.byKey(HOME.id, key);
  const known = org.extensionsOf(HOME.id).map((one) => one.key);
  if (extension === undefined) throw new ControlError(`key must be one of ${known.join(', ')}`);
  return extension;
}
