/** What Salesforce answers when a request as a whole fails: an array of these with one HTTP status. */
export interface ErrorBody {
  message: string;
  errorCode: string;
  fields?: string[];
}

/** Fails the whole request. */
export class ApiError extends Error {
  readonly status: number;
  readonly bodies: ErrorBody[];

  constructor(status: number, errorCode: string, message: string, fields?: string[]) {
    super(message);
    this.status = status;
    this.bodies = [fields ? { message, errorCode, fields } : { message, errorCode }];
  }
}

/** What went wrong with one record; the collections call it `statusCode`, the single-record calls `errorCode`. */
export interface RecordFault {
  statusCode: string;
  message: string;
  fields: string[];
}

/** Fails one record; the other records of the request go on. */
export class RecordError extends Error {
  readonly faults: RecordFault[];

  constructor(faults: RecordFault[]) {
    super(faults[0]?.message ?? 'record refused');
    this.faults = faults;
  }

  static of(statusCode: string, message: string, fields: string[] = []): RecordError {
    return new RecordError([{ statusCode, message, fields }]);
  }
}

const STATUS_OF_CODE: Record<string, number> = {
  ENTITY_IS_DELETED: 404,
  NOT_FOUND: 404,
  INSUFFICIENT_ACCESS_OR_READONLY: 403,
};

/** The answer a single-record call gives for a refused record. */
export function toApiError(error: RecordError): ApiError {
  const status = STATUS_OF_CODE[error.faults[0]?.statusCode ?? ''] ?? 400;
  const answer = new ApiError(status, '', error.message);
  answer.bodies.length = 0;
  for (const fault of error.faults) {
    answer.bodies.push({ message: fault.message, errorCode: fault.statusCode, fields: fault.fields });
  }
  return answer;
}

export function notFound(message = 'The requested resource does not exist'): ApiError {
  return new ApiError(404, 'NOT_FOUND', message);
}
