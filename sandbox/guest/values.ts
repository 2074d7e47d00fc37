/*
 * The functions of this folder run inside QuickJS: worker/prelude.ts takes their source text (types stripped). Each must
 * therefore be complete in itself and reach the others only through its arguments.
 */

/** QuickJS's own error for exceeded limits. */
declare const InternalError: ErrorConstructor;

/** The one function of the host: a name and text go out, text comes back after a mark. */
export type Host = (name: string, text: string) => string;

/** Sends text to the host and gives the text it answers; throws what the host refused. */
export type Send = (name: string, text: string) => string;

/** The same with JSON values. */
export type Ask = (name: string, ...args: unknown[]) => unknown;

/** A failure as it leaves QuickJS. */
interface Described {
  reason: 'error' | 'memory' | 'stack' | 'result' | 'syntax';
  message: string;
  line?: number;
}

export type Values = ReturnType<typeof makeValues>;

/** What may leave as a result, and how errors leave. */
export function makeValues(host: Host) {
  // Taken before any user code runs, so that text that leaves was written by the real JSON.stringify.
  const { parse, stringify } = JSON;
  const toIso = Date.prototype.toISOString;
  let resultSize = 0;

  /** What is refused (`subject`), and why. */
  class Refusal extends Error {
    readonly subject: string;

    constructor(message: string, subject = 'The result') {
      super(message);
      this.subject = subject;
    }
  }

  const isoOf = (date: Date): string => {
    if (Number.isNaN(+date)) throw new Refusal('an invalid date is not a JSON value');
    return toIso.call(date);
  };

  /** JSON drops these silently (or writes null); a result must not lose what it means. */
  function refuseUnwritable(value: unknown): void {
    const type = typeof value;
    if (type === 'number' && !Number.isFinite(value)) throw new Refusal(`${value} is not a JSON value`);
    if (type === 'function' || type === 'symbol') throw new Refusal(`a ${type} is not a JSON value`);
    if (value instanceof Promise) throw new Refusal('a promise is not a value: an expression gives its value at once');
    if (value instanceof Map || value instanceof Set) {
      throw new Refusal(`a ${value.constructor.name} is not a JSON value: make an array or an object of it`);
    }
  }

  function strict(this: Record<string, unknown>, key: string, value: unknown): unknown {
    const raw = this[key];
    if (raw instanceof Date) return isoOf(raw);
    if (typeof value === 'bigint') return `${value}`;
    refuseUnwritable(value);
    return value;
  }

  /** JSON text of a value; refuses what JSON would lose, and more text than may leave at once. */
  function textOf(value: unknown): string {
    let text: string;
    try {
      text = stringify(value, strict) ?? 'null';
    } catch (error) {
      if (error instanceof Refusal || error instanceof InternalError) throw error;
      throw new Refusal(`cannot be written as JSON: ${(error as Error).message}`);
    }
    refuseLarge(text.length);
    return text;
  }

  function refuseLarge(size: number): void {
    if (size > resultSize) throw new Refusal(`larger than ${resultSize} characters of text`);
  }

  /** The value as it will be in JSON. Scalars, which most are, take no detour over text. */
  function plain(value: unknown): unknown {
    if (typeof value === 'boolean' || value === null) return value;
    if (value === undefined) return null;
    if (typeof value === 'string') {
      refuseLarge(value.length);
      return value;
    }
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return parse(textOf(value));
  }

  /** The value as a reader wants to see it, in a template or a log line. */
  function display(value: unknown): string {
    if (value === null || value === undefined) return '';
    if (value instanceof Date) return Number.isNaN(+value) ? 'Invalid date' : toIso.call(value);
    if (value instanceof Error) return `${value}`;
    return typeof value === 'object' ? (stringify(value) ?? '') : String(value);
  }

  const limitMessages = {
    memory: 'Out of memory.',
    stack: 'The code calls itself too deeply, or its data are nested too deeply.',
  };

  const limitOf = (error: unknown): 'memory' | 'stack' | undefined => {
    const message = error instanceof InternalError || error instanceof SyntaxError ? error.message : '';
    if (message === 'out of memory' || message === 'string too long') return 'memory';
    if (message === 'stack overflow') return 'stack';
    // Where not even an error finds room, QuickJS throws null.
    return error === null && host('isFull', '') === '=true' ? 'memory' : undefined;
  };

  const lineOf = (error: Error): number | undefined => {
    const found = /source\.js:(\d+)/.exec(String(error.stack));
    return found ? Number(found[1]) : undefined;
  };

  function messageOf(error: Error): string {
    if (error instanceof Refusal) return `${error.subject} is refused: ${error.message}.`;
    return (error.name === 'Error' ? error.message : `${error.name}: ${error.message}`).slice(0, 2000);
  }

  const shown = (thrown: unknown): string => (thrown === null ? 'null' : display(thrown).slice(0, 2000));

  function describe(error: unknown): Described {
    try {
      const limit = limitOf(error);
      const line = error instanceof Error ? lineOf(error) : undefined;
      if (limit) return { reason: limit, message: limitMessages[limit], line };
      if (error instanceof Refusal) return { reason: 'result', message: messageOf(error) };
      return { reason: 'error', message: error instanceof Error ? messageOf(error) : `Thrown: ${shown(error)}`, line };
    } catch (second) {
      return { reason: limitOf(second) ?? 'error', message: 'An error was thrown that cannot be read.' };
    }
  }

  /** Written by hand: nothing that user code put on Object.prototype takes part. */
  function failureText(error: unknown): string {
    const { reason, message, line } = describe(error);
    const end = typeof line === 'number' ? `,"line":${line}}` : '}';
    return `{"ok":false,"reason":${stringify(reason)},"message":${stringify(message)}${end}`;
  }

  /** Runs `work`, which gives the text of the reply's fields; whatever it throws becomes a failure. */
  function answer(work: () => string): string {
    try {
      return `{"ok":true,${work()}}`;
    } catch (error) {
      return failureText(error);
    }
  }

  function limitResults(size: number): void {
    resultSize = size;
  }

  return { parse, stringify, Refusal, plain, textOf, display, describe, answer, isoOf, refuseLarge, limitResults };
}

/** The way to the host. A reply begins with `=` (text), `!` (a refusal) or `#` (no memory left for the text). */
export function makeSend(values: Values, host: Host): Send {
  return (name, text) => {
    const reply = host(name, text);
    if (reply[0] === '=') return reply.slice(1);
    if (reply[0] === '#') throw new InternalError('out of memory');
    throw new Error(values.parse(reply.slice(1)));
  };
}
