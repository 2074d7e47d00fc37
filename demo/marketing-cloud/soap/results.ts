import { randomUUID } from 'node:crypto';
import { type Element, group, leaf } from './xml.ts';

/** What became of one object of a request. */
export interface Result {
  ok: boolean;
  message: string;
  errorCode?: number;
  /** The id of what was made. */
  newObjectId?: string;
  /** More of what the answer says, as XML. */
  details?: string;
}

/** What is done when an object is there already, or is not. */
export type SaveAction = 'AddOnly' | 'UpdateOnly' | 'UpdateAdd';

/** Why one object of a request is refused. */
export class ObjectError extends Error {
  readonly errorCode: number;

  constructor(errorCode: number, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}

/** The results of a request, each with the object that it is of; `type` is that of rows of data extensions. */
export function writeResults(
  objects: readonly Element[],
  results: readonly Result[],
  type: (object: Element) => string | undefined,
): string {
  const written = results.map((result, index) => writeResult(objects[index]!, result, index, type(objects[index]!)));
  return written.join('') + leaf('RequestID', randomUUID()) + leaf('OverallStatus', overall(results));
}

export function overall(results: readonly Result[]): string {
  const failed = results.filter(({ ok }) => !ok).length;
  if (failed === 0) return 'OK';
  return failed === results.length ? 'Error' : 'Has Errors';
}

function writeResult(object: Element, result: Result, ordinal: number, type: string | undefined): string {
  const { ok, message, errorCode, newObjectId, details = '' } = result;
  const inner =
    leaf('StatusCode', ok ? 'OK' : 'Error') +
    leaf('StatusMessage', message) +
    leaf('OrdinalID', ordinal) +
    (errorCode === undefined ? '' : leaf('ErrorCode', errorCode)) +
    (newObjectId === undefined ? '' : leaf('NewID', 0) + leaf('NewObjectID', newObjectId)) +
    echo(object) +
    details;
  return group('Results', inner, type);
}

/** The object as it was sent. */
export function echo(object: Element): string {
  const inner = (element: Element): string =>
    element.children
      .map((child) =>
        child.children.length > 0
          ? group(child.name, inner(child))
          : leaf(child.name, child.attributes.nil === 'true' ? null : child.text),
      )
      .join('');
  return group('Object', inner(object), typeOf(object));
}

/** The type that an object was sent as. */
export function typeOf(object: Element): string {
  return (object.attributes.type ?? '').replace(/^.*:/, '');
}
