import { randomUUID } from 'node:crypto';
import { type Call, sessionOf } from '../call.ts';
import type { Continuation } from './continuations.ts';
import { FilterError, readFilter, type Subject } from './filters.ts';
import { KINDS, type Kind, type Property } from './kinds.ts';
import { checkProperties, type Found, type Retrieval } from './retrieval.ts';
import { retrieveRows } from './retrieveRows.ts';
import { checkScope } from './soapFault.ts';
import { childrenOf, descend, type Element, group, leaf, textOf } from './xml.ts';

const MOST_OBJECTS = 2500;

/** `Retrieve`: objects page by page. Errors are told by the overall status. */
export function retrieve(call: Call, message: Element): string {
  const request = descend(message, 'RetrieveRequest');
  const { accountId } = sessionOf(call);
  try {
    const continued = textOf(request, 'ContinueRequest');
    if (continued !== null && continued !== '') return showNext(call, find(call, continued), request);
    const found = search(call, {
      objectType: textOf(request, 'ObjectType') ?? '',
      properties: childrenOf(request, 'Properties').map(({ text }) => text.trim()),
      filter: descend(request, 'Filter'),
    });
    return showNext(call, { ...found, accountId, at: 0 }, request);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return leaf('OverallStatus', `Error: ${error.message}`) + leaf('RequestID', randomUUID());
  }
}

function find(call: Call, id: string): Continuation {
  const found = call.org.continuations.find(sessionOf(call).accountId, id);
  if (found === undefined) throw new FilterError('The RequestID sent through ContinueRequest does not exist.');
  return found;
}

function showNext(call: Call, continuation: Continuation, request: Element | undefined): string {
  const asked = Number(textOf(request, 'Options', 'BatchSize') ?? MOST_OBJECTS);
  const size = Math.min(asked > 0 ? asked : MOST_OBJECTS, MOST_OBJECTS, call.effects.pageRows ?? MOST_OBJECTS);
  const { at, total } = continuation;
  const end = Math.min(at + size, total);
  const id = call.org.continuations.keep({ ...continuation, at: end });
  const status = leaf('OverallStatus', end < total ? 'MoreDataAvailable' : 'OK');
  return status + leaf('RequestID', id) + continuation.show(at, end);
}

function search(call: Call, retrieval: Retrieval): Found {
  const rowsOf = /^DataExtensionObject\[(.*)\]$/is.exec(retrieval.objectType)?.[1];
  if (rowsOf !== undefined) return retrieveRows(call, rowsOf, retrieval);
  const kind = KINDS[retrieval.objectType];
  if (kind === undefined) throw new FilterError(`The object type ${retrieval.objectType} cannot be retrieved.`);
  checkScope(call, kind.scope);
  checkProperties(retrieval, (name) => kind.properties[name] !== undefined);
  const all = kind.list(call);
  const test = retrieval.filter && readFilter(retrieval.filter, subjectOf(kind, call));
  const found = test === undefined ? all : all.filter(test);
  const show = (object: unknown): string => showObject(call, kind, object, retrieval);
  return { total: found.length, show: (from, to) => found.slice(from, to).map(show).join('') };
}

function subjectOf(kind: Kind<unknown>, call: Call): Subject<unknown> {
  const read = (object: unknown, property: string): Property => kind.properties[property]!(object, call) ?? null;
  return {
    knows: (property) => kind.properties[property] !== undefined,
    isNull: (object, property) => read(object, property) === null,
    compare: (object, property, wanted) => {
      const value = read(object, property);
      if (value === null) return null;
      if (typeof value === 'number') return Math.sign(value - Number(wanted));
      const [a, b] = [String(value).toLowerCase(), wanted.trim().toLowerCase()];
      return a === b ? 0 : a < b ? -1 : 1;
    },
  };
}

/** `PartnerKey` and `ObjectID` always stand there, nil when nobody asked; names with a point are elements in an element. */
function showObject(call: Call, kind: Kind<unknown>, object: unknown, { objectType, properties }: Retrieval): string {
  const parts = new Map<string, string>([['PartnerKey', leaf('PartnerKey', null)]]);
  if (!properties.includes('ObjectID')) parts.set('ObjectID', leaf('ObjectID', null));
  for (const [name, read] of Object.entries(kind.properties)) {
    if (!properties.includes(name)) continue;
    const value = read(object, call);
    const [outer, inner] = name.split('.') as [string, string | undefined];
    if (value !== undefined) parts.set(outer, (parts.get(outer) ?? '') + leaf(inner ?? outer, value));
  }
  const nested = new Set(
    Object.keys(kind.properties).flatMap((name) => (name.includes('.') ? [name.split('.')[0]!] : [])),
  );
  const inner = [...parts].map(([name, text]) => (nested.has(name) ? group(name, text) : text));
  return group('Results', inner.join(''), objectType);
}
