/** One SELECT of a person on SQLite, in a process of its own that is killed when its time is over. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../../contract/errors.ts';
import { stoppedBy, throwIfStopped } from '../errors.ts';
import type { LocalTable } from '../local/catalogue.ts';
import type { LocalReader, Reach, Statement } from '../query/reader.ts';
import type { ReaderAnswers, ReaderReply, ReaderRequest } from './readerMessages.ts';
import { selectWriting } from './selectWriting.ts';

const program = fileURLToPath(new URL('./readerProgram.ts', import.meta.url));
/** MB. A page of rows is small. */
const heapLimit = '--max-old-space-size=256';

export class ReaderProcess implements LocalReader {
  readonly writing = selectWriting;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** It is told nothing but the path. */
  constructor(path: string) {
    this.#child = fork(program, [path], {
      env: {},
      execArgv: [heapLimit],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#ended = once(this.#child, 'close');
    // That it could not be started is told to whoever asks.
    this.#ended.catch(() => undefined);
  }

  tables(): Promise<LocalTable[]> {
    return this.#ask({ type: 'tables' });
  }

  open(nothing: Statement, reach: Reach, signal: AbortSignal): Promise<string[]> {
    return this.#ask({ type: 'open', nothing, reach }, signal);
  }

  async *pages(statement: Statement, signal: AbortSignal): AsyncIterable<string[]> {
    await this.#ask({ type: 'begin', statement }, signal);
    for (;;) {
      const rows = await this.#ask({ type: 'page' }, signal);
      if (rows.length === 0) return;
      yield rows;
    }
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await Promise.allSettled([this.#ended]);
  }

  async #ask<Type extends keyof ReaderAnswers>(
    request: ReaderRequest & { type: Type },
    signal?: AbortSignal,
  ): Promise<ReaderAnswers[Type]> {
    throwIfStopped(signal);
    const { promise, resolve, reject } = Promise.withResolvers<ReaderReply>();
    const leave = () => {
      this.#child.kill('SIGKILL');
      if (signal) reject(stoppedBy(signal));
    };
    const ended = () => reject(new Error('The process that reads local data ended'));
    signal?.addEventListener('abort', leave, { once: true });
    this.#child.once('message', resolve).once('close', ended).once('error', reject);
    try {
      this.#child.send(request, (error) => error && reject(error));
      return answered(await promise) as ReaderAnswers[Type];
    } finally {
      signal?.removeEventListener('abort', leave);
      this.#child.off('message', resolve).off('close', ended).off('error', reject);
    }
  }
}

function answered(reply: ReaderReply): ReaderAnswers[keyof ReaderAnswers] {
  if (reply.type === 'answer') return reply.value;
  if (reply.type === 'refused') throw new UserError('SQL_REFUSED', { reason: reply.reason });
  throw Object.assign(new Error(reply.message), reply.code === null ? {} : { code: reply.code });
}
