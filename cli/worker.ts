import type { Command } from 'commander';
import type { Config } from '../server/config.ts';
import { listFlags, loadConfig } from '../server/config.ts';
import { stopSignal } from './signals.ts';
import type { Terminal } from './terminal.ts';

const help = `
With DATABASE_URL there may be any number of workers beside the servers; each needs the same secret key
(SYNCLINE_SECRET_KEY or SYNCLINE_SECRET_KEY_FILE). Without it, one worker owns the data folder: start the
server with --no-engine then. Each option is also a variable; the README lists them all.`;

const ownFlags = /^--(data|time-zone|log-level) /;

export function addWorker(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const command = program
    .command('worker')
    .description('Start an engine without a server: it executes what servers and schedules start.')
    .addHelpText('after', help)
    .action(async (flags: Partial<Record<keyof Config, unknown>>) => {
      const { startWorker } = await import('../server/worker.ts');
      const worker = startWorker(loadConfig(flags));
      try {
        const stopped = stopSignal();
        await Promise.race([worker.ready, stopped]);
        terminal.out.write(`The worker ${process.pid} is ready.\n`);
        await stopped;
      } finally {
        await worker.stop();
      }
      done(0);
    });
  for (const { flag, about } of listFlags()) if (ownFlags.test(flag)) command.option(flag, about);
}
