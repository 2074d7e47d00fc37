import type { Command } from 'commander';
import type { Config } from '../server/config.ts';
import { listFlags, loadConfig } from '../server/config.ts';
import { stopSignal } from './signals.ts';
import type { Terminal } from './terminal.ts';

export function addServe(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const command = program
    .command('serve')
    .description(
      'Start the server with the editor. It prints its address, and a link to sign in with at the first start.',
    )
    .addHelpText('after', '\nEach option is also a variable, such as SYNCLINE_PORT; the README lists them all.')
    .action(async (flags: Partial<Record<keyof Config, unknown>>) => {
      const { serve } = await import('../server/main.ts');
      const serving = await serve(loadConfig(flags));
      terminal.out.write(`Syncline is ready: ${serving.url}\n`);
      if (serving.signInLink) terminal.out.write(`Sign in with this link, once: ${serving.signInLink}\n`);
      try {
        await Promise.race([stopSignal(), serving.broken]);
      } finally {
        await serving.stop();
      }
      done(0);
    });
  for (const { flag, about } of listFlags()) command.option(flag, about);
}
