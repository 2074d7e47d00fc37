/**
 * The process of one SELECT over the file given as its argument. SQLite's compiler and some of its functions cannot be
 * interrupted, and all its memory is that of its process: so this one can be killed, and kills itself when it has too much.
 */
import { UserError } from '../../../contract/errors.ts';
import { SqliteConnection } from './connection.ts';
import { SqliteReader } from './reader.ts';
import type { ReaderAnswers, ReaderReply, ReaderRequest } from './readerMessages.ts';

const mostMemory = 512_000_000;
const lookEveryMs = 10;
const cacheKiB = 16_384;

const [, , path = ''] = process.argv;
const opened = SqliteConnection.open(path, { mode: 'ro', cacheKiB }).then((db) => SqliteReader.over(db));
// Whoever asks first is told.
opened.catch(() => undefined);

async function answer(request: ReaderRequest): Promise<ReaderAnswers[keyof ReaderAnswers]> {
  const reader = await opened;
  switch (request.type) {
    case 'tables':
      return reader.tables();
    case 'open':
      return reader.open(request.nothing, request.reach);
    case 'begin':
      return reader.begin(request.statement);
    case 'page':
      return reader.page();
  }
}

function failure(error: unknown): ReaderReply {
  if (error instanceof UserError) return { type: 'refused', reason: String(error.details?.reason) };
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  return { type: 'failed', code, message: error instanceof Error ? error.message : String(error) };
}

const reply = (message: ReaderReply, sent: () => void = () => undefined): void => {
  process.send?.(message, sent);
};

process.on('message', (request: ReaderRequest) => {
  answer(request).then(
    (value) => reply({ type: 'answer', value }),
    (error: unknown) => reply(failure(error)),
  );
});
// Ending waits for statements under way, which may never end.
const end = (): void => {
  process.kill(process.pid, 'SIGKILL');
};
process.on('disconnect', end);
setInterval(() => {
  if (process.memoryUsage.rss() < mostMemory) return;
  reply({ type: 'refused', reason: `it needs more than ${mostMemory / 1e6} MB of memory` }, end);
}, lookEveryMs);
