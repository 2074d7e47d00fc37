import type { Call } from '../call.ts';
import { changeDefinition, createDefinition, removeDefinition } from './definitions.ts';
import { changeExtension, createExtension, removeExtension } from './extensions.ts';
import { ObjectError, type Result, type SaveAction, typeOf, writeResults } from './results.ts';
import { createRow, removeRow, updateRow } from './rows.ts';
import { checkScope } from './soapFault.ts';
import { childrenOf, descend, type Element, textOf } from './xml.ts';

/** Writes one object. Throws ObjectError. */
type Write = (call: Call, object: Element, action: SaveAction) => Result;

interface Kind {
  scope: string;
  create: Write;
  update: Write;
  remove: Write;
}

const KINDS: Record<string, Kind> = {
  DataExtensionObject: { scope: 'data_extensions_write', create: createRow, update: updateRow, remove: removeRow },
  DataExtension: {
    scope: 'data_extensions_write',
    create: createExtension,
    update: changeExtension,
    remove: removeExtension,
  },
  ImportDefinition: {
    scope: 'automations_write',
    create: createDefinition,
    update: changeDefinition,
    remove: removeDefinition,
  },
};

export function createObjects(call: Call, message: Element): string {
  return writeAll(call, message, 'create', 'DataExtensionCreateResult', 'AddOnly');
}

export function updateObjects(call: Call, message: Element): string {
  return writeAll(call, message, 'update', 'DataExtensionUpdateResult', 'UpdateOnly');
}

export function deleteObjects(call: Call, message: Element): string {
  return writeAll(call, message, 'remove', 'DataExtensionDeleteResult', 'UpdateOnly');
}

function writeAll(
  call: Call,
  message: Element,
  how: 'create' | 'update' | 'remove',
  rowResult: string,
  usual: SaveAction,
): string {
  const objects = childrenOf(message, 'Objects');
  const action = readAction(message, usual);
  const results = objects.map((object, index) => writeOne(call, object, how, action, index));
  return writeResults(objects, results, (object) => (typeOf(object) === 'DataExtensionObject' ? rowResult : undefined));
}

function writeOne(
  call: Call,
  object: Element,
  how: 'create' | 'update' | 'remove',
  action: SaveAction,
  index: number,
): Result {
  const kind = KINDS[typeOf(object)];
  if (kind === undefined)
    return { ok: false, message: `Cannot perform '${how}' on objects of type '${typeOf(object)}'`, errorCode: 5 };
  checkScope(call, kind.scope);
  if (call.effects.work.refusedRows.includes(index))
    return { ok: false, message: 'Transaction was deadlocked. Rerun the transaction.', errorCode: 2 };
  try {
    return kind[how](call, object, action);
  } catch (error) {
    if (error instanceof ObjectError) return { ok: false, message: error.message, errorCode: error.errorCode };
    throw error;
  }
}

function readAction(message: Element, usual: SaveAction): SaveAction {
  const given = textOf(descend(message, 'Options', 'SaveOptions', 'SaveOption'), 'SaveAction');
  return given === 'AddOnly' || given === 'UpdateOnly' || given === 'UpdateAdd' ? given : usual;
}
