import type { Call } from '../call.ts';
import type { Reply } from '../reply.ts';
import { fault, SoapFault } from './fault.ts';
import { deleteRecords, emptyRecycleBin, mergeRecords, undeleteRecords } from './records.ts';
import { getServerTimestamp, getUserInfo, login, logout } from './session.ts';
import { descend, type Element, readXml, textOf, writeXml } from './xml.ts';

/** An operation of the partner interface: what it gives, or null for an answer without a result. */
export type Operation = (call: Call, message: Element) => Promise<unknown> | unknown;

const OPERATIONS: Record<string, Operation> = {
  getServerTimestamp,
  getUserInfo,
  delete: deleteRecords,
  undelete: undeleteRecords,
  emptyRecycleBin,
  merge: mergeRecords,
};
const NAMESPACES =
  'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" ' +
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/** POST /services/Soap/u/XX.0 */
export async function answerSoap(call: Call): Promise<Reply> {
  try {
    const envelope = readEnvelope(call.body.toString('utf8'));
    const message = descend(envelope, 'Body')?.children[0];
    if (message === undefined) throw new SoapFault('UNKNOWN_EXCEPTION', 'The body holds no operation.');
    const result = await run(call, envelope, message);
    const inner = result === null ? '' : writeXml('result', result);
    return soapReply(200, `<${message.name}Response>${inner}</${message.name}Response>`);
  } catch (error) {
    if (!(error instanceof SoapFault)) throw error;
    return soapReply(500, fault(error));
  }
}

async function run(call: Call, envelope: Element, message: Element): Promise<unknown> {
  if (message.name === 'login') return login(call, message);
  const token = textOf(envelope, 'Header', 'SessionHeader', 'sessionId');
  if (message.name === 'logout') return logout(call, token);
  const session = call.org.sessions.use(token);
  if (session === null)
    throw new SoapFault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');
  call.userId = session.userId;
  call.org.usage.count();
  const operation = OPERATIONS[message.name];
  if (operation === undefined) throw new SoapFault('INVALID_OPERATION', `There is no operation ${message.name}.`);
  return operation(call, message);
}

function readEnvelope(text: string): Element {
  try {
    const envelope = readXml(text);
    if (envelope.name === 'Envelope') return envelope;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SoapFault('UNKNOWN_EXCEPTION', error.message);
  }
  throw new SoapFault('UNKNOWN_EXCEPTION', 'The document is no SOAP envelope.');
}

function soapReply(status: number, body: string): Reply {
  const text = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope ${NAMESPACES}><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
  return { status, contentType: 'text/xml; charset=utf-8', body: text, headers: {} };
}
