import { writeXml } from './xml.ts';

/** Fails a SOAP call as a whole. */
export class SoapFault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The body of a fault. Signing in has a code without prefix; jsforce takes the prefix of the session's for its sign to renew. */
export function fault({ code, message }: SoapFault): string {
  const isLogin = code === 'INVALID_LOGIN';
  const kind = isLogin ? 'LoginFault' : 'UnexpectedErrorFault';
  const detail =
    `<sf:${kind} xmlns:sf="urn:fault.partner.soap.sforce.com" xsi:type="sf:${kind}">` +
    `${writeXml('sf:exceptionCode', code)}${writeXml('sf:exceptionMessage', message)}</sf:${kind}>`;
  return (
    `<soapenv:Fault>${writeXml('faultcode', isLogin ? code : `sf:${code}`)}` +
    `${writeXml('faultstring', `${code}: ${message}`)}<detail>${detail}</detail></soapenv:Fault>`
  );
}
