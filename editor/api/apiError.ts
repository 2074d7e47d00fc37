import type { ErrorReply, Issue } from '../../contract/errors.ts';
import { t } from '../texts/t.ts';

/** What went wrong with a call, always as a sentence and an action. Codes beyond the contract: UNREACHABLE, NOT_UNDERSTOOD. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly action: string;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly details: ErrorReply['details'];
  readonly issues: readonly Issue[];
  constructor(reply: Pick<ErrorReply, 'message' | 'action'> & Partial<ErrorReply>, status: number, code?: string) {
    super(reply.message);
    this.code = code ?? reply.code ?? 'NOT_UNDERSTOOD';
    this.action = reply.action;
    this.status = status;
    this.details = reply.details;
    this.issues = reply.issues ?? [];
  }
}

export function unreachable(): ApiError {
  return new ApiError({ message: t('error.unreachable'), action: t('error.unreachableAction') }, 0, 'UNREACHABLE');
}

/** The error in a reply that is not 2xx: the server's own words when it sent them. */
export function replyError(status: number, body: unknown): ApiError {
  if (isErrorReply(body)) return new ApiError(body, status);
  const message = t('error.notUnderstood', { status });
  return new ApiError({ message, action: t('error.notUnderstoodAction') }, status, 'NOT_UNDERSTOOD');
}

function isErrorReply(body: unknown): body is ErrorReply {
  return body !== null && typeof body === 'object' && 'message' in body && 'action' in body && 'code' in body;
}

/** Any thrown value as message and action, for notices. */
export function describeFailure(error: unknown): { message: string; action: string } {
  if (error instanceof ApiError) return { message: error.message, action: error.action };
  return { message: error instanceof Error ? error.message : String(error), action: t('error.action') };
}

/** The same in the shape of the contract; its code may be one of ours. */
export function asErrorReply(error: ApiError): ErrorReply {
  const { message, action, details } = error;
  return { code: error.code as ErrorReply['code'], message, action, ...(details ? { details } : {}) };
}
