import { randomUUID } from 'node:crypto';
import type { Call } from '../call.ts';
import { type Reply, xml } from '../reply.ts';
import { performImports } from './perform.ts';
import { retrieve } from './retrieve.ts';
import { SoapFault } from './soapFault.ts';
import { createObjects, deleteObjects, updateObjects } from './write.ts';
import { descend, type Element, group, leaf, readXml, textOf } from './xml.ts';

/** An operation: the name of its answer, and what stands in it. */
interface Operation {
  answers: string;
  action: string;
  run(call: Call, message: Element): string;
}

const OPERATIONS: Record<string, Operation> = {
  RetrieveRequestMsg: { answers: 'RetrieveResponseMsg', action: 'RetrieveResponse', run: retrieve },
  CreateRequest: { answers: 'CreateResponse', action: 'CreateResponse', run: createObjects },
  UpdateRequest: { answers: 'UpdateResponse', action: 'UpdateResponse', run: updateObjects },
  DeleteRequest: { answers: 'DeleteResponse', action: 'DeleteResponse', run: deleteObjects },
  PerformRequestMsg: { answers: 'PerformResponseMsg', action: 'PerformResponse', run: performImports },
};

const ADDRESSING = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
const SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const NAMESPACES =
  'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
  `xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:wsa="${ADDRESSING}" xmlns:wsse="${SECURITY}" ` +
  'xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"';

/** POST /Service.asmx */
export function answerSoap(call: Call): Reply {
  try {
    const envelope = readEnvelope(call.body.toString('utf8'));
    const message = descend(envelope, 'Body')?.children[0];
    const operation = OPERATIONS[message?.name ?? ''];
    checkToken(call, envelope);
    if (message === undefined || operation === undefined)
      throw new SoapFault('soap:Client', `Server did not recognize the request ${message?.name ?? ''}.`);
    const inner = operation.run(call, message);
    const body = `<${operation.answers} xmlns="http://exacttarget.com/wsdl/partnerAPI">${inner}</${operation.answers}>`;
    return xml(write(call, operation.action, body));
  } catch (error) {
    if (!(error instanceof SoapFault)) throw error;
    const code = `<faultcode xmlns:q0="${SECURITY}">${error.code}</faultcode>`;
    const inner = code + leaf('faultstring', error.message) + leaf('faultactor', `${call.base}/Service.asmx`);
    return xml(write(call, `${ADDRESSING}/fault`, group('soap:Fault', inner)), 500);
  }
}

function readEnvelope(text: string): Element {
  try {
    const envelope = readXml(text);
    if (envelope.name === 'Envelope') return envelope;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SoapFault('soap:Client', `The request could not be read as XML. ${error.message}`);
  }
  throw new SoapFault('soap:Client', 'The document is no SOAP envelope.');
}

/** The token stands in an element of the header, nowhere else. */
function checkToken(call: Call, envelope: Element): void {
  const session = call.org.sessions.find(textOf(envelope, 'Header', 'fueloauth') ?? '');
  if (session === null) throw new SoapFault('q0:Security', 'Login Failed');
  if (session === 'expired') throw new SoapFault('q0:Security', 'Token Expired');
  call.session = session;
}

function write(call: Call, action: string, body: string): string {
  const now = call.org.clock.now();
  const stamp = (instant: number): string => `${new Date(instant).toISOString().slice(0, 19)}Z`;
  const times = leaf('wsu:Created', stamp(now)) + leaf('wsu:Expires', stamp(now + 300_000));
  const timestamp = `<wsu:Timestamp wsu:Id="Timestamp-${randomUUID()}">${times}</wsu:Timestamp>`;
  const header =
    leaf('wsa:Action', action) +
    leaf('wsa:MessageID', `urn:uuid:${randomUUID()}`) +
    leaf('wsa:RelatesTo', `urn:uuid:${randomUUID()}`) +
    leaf('wsa:To', `${ADDRESSING}/role/anonymous`) +
    group('wsse:Security', timestamp);
  const parts = group('soap:Header', header) + group('soap:Body', body);
  return `<?xml version="1.0" encoding="utf-8"?><soap:Envelope ${NAMESPACES}>${parts}</soap:Envelope>`;
}
