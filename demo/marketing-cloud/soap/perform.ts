import { randomUUID } from 'node:crypto';
import type { Call } from '../call.ts';
import { find } from './definitions.ts';
import { echo, ObjectError, overall, type Result, typeOf } from './results.ts';
import { checkScope } from './soapFault.ts';
import { childrenOf, descend, type Element, group, leaf, textOf } from './xml.ts';

/** `Perform`: starts import definitions; the id of each task stands in the answer. */
export function performImports(call: Call, message: Element): string {
  checkScope(call, 'automations_execute');
  const definitions = childrenOf(descend(message, 'Definitions'), 'Definition');
  const started = definitions.map((definition) => ({
    definition,
    result: start(call, definition, textOf(message, 'Action') ?? ''),
  }));
  const written = started.map(({ definition, result }) => writeResult(definition, result));
  const status = overall(started.map(({ result }) => result));
  const messages = started.flatMap(({ result }) => (result.ok ? [] : [result.message]));
  return (
    group('Results', written.join('')) +
    leaf('OverallStatus', status) +
    leaf('OverallStatusMessage', messages.join(' ')) +
    leaf('RequestID', randomUUID())
  );
}

function start(call: Call, definition: Element, action: string): Result {
  try {
    if (typeOf(definition) !== 'ImportDefinition' || action.toLowerCase() !== 'start')
      throw new ObjectError(100, `Cannot perform '${action}' on objects of type '${typeOf(definition)}'`);
    const run = call.org.imports.start(find(call, definition), call.effects.work);
    const task =
      leaf('StatusCode', 'OK') +
      leaf('StatusMessage', 'OK') +
      leaf('ID', run.taskId) +
      leaf('InteractionObjectID', run.objectId);
    return { ok: true, message: `ImportDefinition performed AsyncID:${run.taskId}`, details: group('Task', task) };
  } catch (error) {
    if (error instanceof ObjectError) return { ok: false, message: error.message, errorCode: error.errorCode };
    throw error;
  }
}

function writeResult(definition: Element, { ok, message, errorCode, details = '' }: Result): string {
  const code = errorCode === undefined ? '' : leaf('ErrorCode', errorCode);
  return group(
    'Result',
    leaf('StatusCode', ok ? 'OK' : 'Error') + leaf('StatusMessage', message) + code + echo(definition) + details,
  );
}
