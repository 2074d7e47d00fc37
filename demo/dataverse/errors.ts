/** Fails a request as the Web API does: one object `error` with a code and a message. */
export class ODataError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;
  /** More of it, for who asks for annotations. */
  details: Record<string, string> = {};

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const badRequest = (code: string, message: string): ODataError => new ODataError(400, code, message);

export const noSegment = (name: string): ODataError =>
  new ODataError(404, '0x8006088a', `Resource not found for the segment '${name}'.`);

export const noProperty = (name: string, type: string): ODataError =>
  badRequest('0x80060888', `Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${type}'.`);

export const notThere = (table: string, id: string): ODataError =>
  new ODataError(404, '0x80040217', `Entity '${table}' With Id = ${id} Does Not Exist`);

export const malformed = (message: string): ODataError => badRequest('0x80060888', message);

/** What is wrong with a body; the inner error says what. */
export const wrongPayload = (setName: string, inner: string): ODataError =>
  badRequest(
    '0x80048d19',
    `Error identified in Payload provided by the user for Entity :'${setName}', For more information on this error please ` +
      `follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : Microsoft.OData.ODataException: ${inner}`,
  );

export const invalidValue = (message: string): ODataError =>
  badRequest('0x80044331', `A validation error occurred.  ${message}`);
