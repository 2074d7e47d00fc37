const DOCUMENTATION = 'https://developer.salesforce.com/docs/atlas.en-us.mc-apis.meta/mc-apis/error-handling.htm';

/** Fails a REST request as a whole; `body` is the envelope of Marketing Cloud with its numeric `errorcode`. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(status: number, errorcode: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.body = { message, errorcode, documentation: DOCUMENTATION };
    this.headers = headers;
  }

  /** An answer that has another envelope. */
  static of(status: number, body: Record<string, unknown>): ApiError {
    const error = new ApiError(status, 0, String(body.message ?? body.error_description ?? status));
    for (const name of Object.keys(error.body)) delete error.body[name];
    Object.assign(error.body, body);
    return error;
  }
}

export function notAuthorised(): ApiError {
  const headers = { 'WWW-Authenticate': 'Bearer realm="marketingcloudapis", error="invalid_token"' };
  return new ApiError(401, 0, 'Not Authorized', headers);
}

export function notFound(): ApiError {
  return new ApiError(404, 404, 'Not Found');
}

/** Why one row of a data extension cannot be written; the other rows go on, or do not, as the interface has it. */
export class RowError extends Error {
  /** Marketing Cloud's word, such as `InvalidEmailAddress`. */
  readonly kind: string;
  readonly field: string | null;
  /** Whether it is a part of the primary key that is wrong. */
  readonly inKey: boolean;

  constructor(kind: string, message: string, field: { name: string; isPrimaryKey: boolean } | null = null) {
    super(message);
    this.kind = kind;
    this.field = field?.name ?? null;
    this.inKey = field?.isPrimaryKey ?? false;
  }
}
