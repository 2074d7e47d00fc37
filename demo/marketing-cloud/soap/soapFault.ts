import { type Call, sessionOf } from '../call.ts';

/** Fails a SOAP call as a whole. */
export class SoapFault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws when the token may not do this. */
export function checkScope(call: Call, scope: string): void {
  if (!sessionOf(call).scopes.includes(scope)) throw new SoapFault('soap:Server', 'API Permission Failed');
}
