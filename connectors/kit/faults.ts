/** The errors of a request, between what the outside system or the network said and the two kinds that a node may see. */
import { RetryLater, UserError } from '../../contract/errors.ts';

/** An answer that may be different in a moment: the caller tries again a few times before it gives up. */
export class Transient extends Error {
  override readonly name = 'Transient';
  readonly giveUp: RetryLater;
  /** Nothing was done: the request did not arrive, or was refused before any work. */
  readonly undone: boolean;
  /** Milliseconds that the other side asks to wait; null where it does not say. */
  readonly after: number | null;
  constructor(giveUp: RetryLater, { undone = false, after = null }: { undone?: boolean; after?: number | null } = {}) {
    super(giveUp.message, { cause: giveUp.cause });
    this.giveUp = giveUp;
    this.undone = undone;
    this.after = after;
  }
}

/** What is thrown where nobody tries again. */
export function givenUp(error: unknown): unknown {
  return error instanceof Transient ? error.giveUp : error;
}

/** Not yet in the words of the contract. What is, and what is no error at all, passes as it is. */
export function isForeign(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof UserError) && !(error instanceof RetryLater);
}

/** A page of HTML, a cut answer: a proxy or a maintenance window, so it is tried again. */
export function notUnderstood(reason: string, { cause, undone = false }: { cause?: unknown; undone?: boolean } = {}) {
  return new Transient(new RetryLater('REMOTE_NOT_UNDERSTOOD', { reason }, { cause }), { undone });
}

/** Whether the outside system refused with this code of its own. */
export function isRefusal(error: unknown, code: string): error is UserError {
  return error instanceof UserError && error.details.code === code;
}

/** Whether the request cannot have left: no connection came about. A connection that was there can end with the same codes. */
export function neverConnected(cause: unknown): boolean {
  if (cause instanceof AggregateError) return cause.errors.every(neverConnected);
  if (!(cause instanceof Error)) return false;
  const isOpening = 'syscall' in cause && (cause.syscall === 'connect' || cause.syscall === 'getaddrinfo');
  return isOpening || ('code' in cause && cause.code === 'UND_ERR_CONNECT_TIMEOUT');
}

/** The network failed under a request; what is known to be another's fault, such as the proxy's, stays that. */
export function networkError(error: unknown, host: string): Error {
  if (error instanceof UserError || error instanceof Transient) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = [code, cause instanceof Error ? cause.message : String(cause)].filter(Boolean).join(' ');
  const giveUp = new RetryLater('REMOTE_UNREACHABLE', { host, reason: oneLine(reason) }, { cause: error });
  return new Transient(giveUp, { undone: neverConnected(cause) });
}

/** One line, without the full stop that the sentence around it has. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.+$/, '');
}

/** What a page of HTML, or of anything else, says at its beginning; `nothing` of an empty one. */
export function excerpt(text: string): string {
  return oneLine(text.replace(/<[^>]*>/g, ' ')).slice(0, 120) || 'nothing';
}

/** A server, or a page in between, may say back what it was sent: that must not reach a log or a browser. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const sent = secrets.filter((secret) => secret !== '');
  const forms = sent.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  return forms.reduce((left, form) => left.replaceAll(form, '…'), text);
}
