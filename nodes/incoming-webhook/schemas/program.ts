/**
 * The process that holds the thread. A thread that runs out of memory may take its whole process along, which must not be the
 * engine. Here questions and answers are only passed on: that the engine has gone is seen at once, whatever the thread does.
 */
import { Worker } from 'node:worker_threads';
import type { Answer, Question } from './messages.ts';

const thread = new Worker(new URL('./thread.ts', import.meta.url), {
  argv: [],
  execArgv: ['--no-addons'],
  resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 4 },
});
const leave = (): void => process.exit();

thread
  .on('message', (answer: Answer) => process.send?.(answer))
  .on('error', leave)
  .on('exit', leave);
process
  .on('message', (question: Question) => thread.postMessage(question))
  .on('disconnect', leave)
  // Ctrl+C in a terminal reaches it too: it ends when the engine does.
  .on('SIGINT', () => undefined);
