/** The SOAP interface: objects that are retrieved page by page, and objects that are changed. */
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { SendLimit } from '../../contract/write.ts';
import { AccessOver } from '../kit/access.ts';
import { notUnderstood, oneLine, Transient } from '../kit/faults.ts';
import type { Session } from './session.ts';
import { childrenOf, descend, type Element, leaf, readXml, textOf } from './xml.ts';

/** The value of a property is one of these; or two of such hold. */
export type Filter = { property: string; values: readonly string[] } | { both: readonly [Filter, Filter] };

const partner = 'http://exacttarget.com/wsdl/partnerAPI';
/** Faults after which another token helps. */
const tokenFaults = new Set(['Token Expired', 'Login Failed']);

/** All objects of a type that the filter finds; null: all there are. Only properties that are named come along. */
export async function* retrieve(
  session: Session,
  type: string,
  properties: readonly string[],
  filter: Filter | null,
): AsyncGenerator<Element[]> {
  const asked = properties.map((name) => leaf('Properties', name)).join('');
  let inner = `${leaf('ObjectType', type)}${asked}${filter === null ? '' : writeFilter(filter)}`;
  for (;;) {
    const message = `<RetrieveRequestMsg xmlns="${partner}"><RetrieveRequest>${inner}</RetrieveRequest></RetrieveRequestMsg>`;
    const answer = await ask(session, 'Retrieve', message);
    const status = textOf(answer, 'OverallStatus');
    if (status !== 'OK' && status !== 'MoreDataAvailable')
      throw new UserError('REMOTE_REFUSED', { code: 'Retrieve', reason: oneLine(status.replace(/^Error:\s*/, '')) });
    yield childrenOf(answer, 'Results');
    if (status === 'OK') return;
    inner = `${leaf('ObjectType', type)}${asked}${leaf('ContinueRequest', textOf(answer, 'RequestID'))}`;
  }
}

/** The first object that the filter finds; undefined: there is none. */
export async function retrieveFirst(...asked: Parameters<typeof retrieve>): Promise<Element | undefined> {
  const { value } = await retrieve(...asked).next();
  if (value === undefined) throw notUnderstood('an answer without objects').giveUp;
  return value[0];
}

/** Changes one object, given as XML. Resolves to what is wrong with it, or null. */
export async function update(session: Session, type: string, inner: string): Promise<string | null> {
  const object = `<Objects xsi:type="${type}">${inner}</Objects>`;
  const answer = await ask(session, 'Update', `<UpdateRequest xmlns="${partner}"><Options/>${object}</UpdateRequest>`);
  if (textOf(answer, 'OverallStatus') === 'OK') return null;
  return oneLine(textOf(answer, 'Results', 'StatusMessage')) || 'no reason was given';
}

function writeFilter(filter: Filter): string {
  return `<Filter ${writePart(filter)}</Filter>`;
}

/** From the type on, as it stands in a filter and in an operand alike. */
function writePart(filter: Filter): string {
  if ('both' in filter) {
    const [left, right] = filter.both;
    const operands = [
      `<LeftOperand ${writePart(left)}</LeftOperand>`,
      `<RightOperand ${writePart(right)}</RightOperand>`,
    ];
    return `xsi:type="ComplexFilterPart">${operands.join('<LogicalOperator>AND</LogicalOperator>')}`;
  }
  const { property, values } = filter;
  const operator = leaf('SimpleOperator', values.length === 1 ? 'equals' : 'IN');
  const wanted = values.map((value) => leaf('Value', value)).join('');
  return `xsi:type="SimpleFilterPart">${leaf('Property', property)}${operator}${wanted}`;
}

/** The element of the answer in the body. */
function ask(session: Session, action: string, message: string): Promise<Element> {
  return session.soap({ action, make: envelopeOf(message), read: readAnswer });
}

const envelopeOf =
  (message: string) =>
  (token: string): string =>
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<s:Header><fueloauth xmlns="http://exacttarget.com">${token}</fueloauth></s:Header><s:Body>${message}</s:Body></s:Envelope>`;

function readAnswer(text: string): Element {
  const answer = descend(readXml(text), 'Body')?.children[0];
  if (answer === undefined) throw notUnderstood('XML that is no answer of SOAP');
  if (answer.name === 'Fault') throw faultError(answer);
  return answer;
}

function faultError(fault: Element): Error {
  const reason = oneLine(textOf(fault, 'faultstring'));
  if (tokenFaults.has(reason)) return new AccessOver(reason);
  const code = oneLine(textOf(fault, 'faultcode')).replace(/^.*:/, '');
  // The server's own trouble passes; what it takes for ours does not.
  if (code === 'Server' && !/permission/i.test(reason))
    return new Transient(new RetryLater('REMOTE_BUSY', { status: 500, reason }));
  return new UserError('REMOTE_REFUSED', { code: code || 'Fault', reason });
}

/**
 * Starts an object that can be performed. Resolves to the id of the task, or to what is wrong. Rejects with Transient where the
 * answer was lost: it may have been started then.
 */
export async function perform(
  session: Session,
  { type, key }: { type: string; key: string },
  limit: SendLimit | undefined,
): Promise<{ task: string } | { reason: string }> {
  const definition = `<Definition xsi:type="${type}">${leaf('CustomerKey', key)}</Definition>`;
  const message = `<PerformRequestMsg xmlns="${partner}"><Action>start</Action><Definitions>${definition}</Definitions></PerformRequestMsg>`;
  const answer = await session.soapOnce({ action: 'Perform', make: envelopeOf(message), read: readAnswer, limit });
  const result = descend(answer, 'Results', 'Result');
  const task = textOf(result, 'Task', 'ID');
  if (textOf(result, 'StatusCode') === 'OK' && task !== '') return { task };
  return { reason: oneLine(textOf(result, 'StatusMessage')) || 'no task came' };
}
