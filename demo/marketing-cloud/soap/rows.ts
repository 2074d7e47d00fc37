import { type Call, sessionOf } from '../call.ts';
import { RowError } from '../errors.ts';
import type { DataExtension, WriteMode } from '../extensions/extension.ts';
import { readValue } from '../extensions/values.ts';
import { ObjectError, type Result, type SaveAction } from './results.ts';
import { childrenOf, descend, type Element, group, leaf, textOf } from './xml.ts';

const MODES: Record<SaveAction, WriteMode> = { AddOnly: 'add', UpdateOnly: 'update', UpdateAdd: 'upsert' };
/** The number of an error that has none of its own. */
const GENERAL = 2;

export function createRow(call: Call, object: Element, action: SaveAction): Result {
  return write(call, object, MODES[action], 'Created DataExtensionObject');
}

export function updateRow(call: Call, object: Element, action: SaveAction): Result {
  return write(call, object, MODES[action], 'Updated DataExtensionObject');
}

export function removeRow(call: Call, object: Element): Result {
  const extension = find(call, object);
  const given = Object.entries(readPairs(object, 'Keys', 'Key'));
  const byName = new Map(given.map(([name, value]) => [name.toLowerCase(), value]));
  try {
    const key = extension.keyFields.map((field) => readValue(field, byName.get(field.name.toLowerCase()) ?? null));
    if (extension.remove(key)) return { ok: true, message: 'Deleted DataExtensionObject' };
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
  }
  return { ok: false, message: 'No row was found for the keys.', errorCode: GENERAL };
}

function write(call: Call, object: Element, mode: WriteMode, message: string): Result {
  const extension = find(call, object);
  const given = { ...readPairs(object, 'Keys', 'Key'), ...readPairs(object, 'Properties', 'Property') };
  try {
    extension.write(mode, given);
    return { ok: true, message };
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return { ok: false, message: error.message, errorCode: GENERAL, details: describe(error) };
  }
}

/** Which column was wrong, in the key or not. */
function describe({ message, field, inKey }: RowError): string {
  const problem = leaf('Name', field ?? '') + leaf('ErrorCode', GENERAL) + leaf('ErrorMessage', message);
  if (field === null) return leaf('ErrorMessage', message);
  const lists = inKey
    ? group('KeyErrors', group('KeyError', problem))
    : group('ValueErrors', group('ValueError', problem));
  return leaf('ErrorMessage', message) + lists;
}

function find(call: Call, object: Element): DataExtension {
  const key = textOf(object, 'CustomerKey') ?? '';
  const extension = call.org.byKey(sessionOf(call).accountId, key);
  if (extension === undefined) throw new ObjectError(70003, `Data extension does not exist: ${key}`);
  return extension;
}

/** Names and values; an element without text is nothing. */
function readPairs(object: Element, list: string, item: string): Record<string, string | null> {
  const pairs = childrenOf(descend(object, list), item).map((pair) => [
    textOf(pair, 'Name') ?? '',
    textOf(pair, 'Value') || null,
  ]);
  return Object.fromEntries(pairs);
}
