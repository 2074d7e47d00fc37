import type { Command } from 'commander';
import { UserError } from '../contract/errors.ts';
import { keyFileOf, loadConfig } from '../server/config.ts';
import { systemClock } from '../server/db/clock.ts';
import type { Moved } from '../server/move/move.ts';
import type { Terminal } from './terminal.ts';

const help = `
Stop the server first. The data folder stays as it is; the key of the secrets and the files that workflows saved stay in it, so
use it together with DATABASE_URL afterwards. Of runs that are over, the rows are moved, not how they descend from each other.`;

export function addMigrate(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command('migrate')
    .description('Move an instance from its data folder into an empty PostgreSQL database.')
    .requiredOption(
      '--to <address>',
      'postgres://user:password@host:5432/database; the schema is "syncline" or its ?search_path=',
    )
    .option('--data <folder>', 'the data folder (default: data)')
    .addHelpText('after', help)
    .action(async (flags: { to: string; data?: string }) => {
      const config = loadConfig(flags.data === undefined ? {} : { data: flags.data });
      loadConfig({ databaseUrl: flags.to });
      if (config.databaseUrl !== undefined)
        throw new UserError('CONFIG_INVALID', {
          field: 'DATABASE_URL',
          reason: 'must not be set: the instance is read from its data folder',
        });
      const { moveInstance } = await import('../server/move/move.ts');
      const moved = await moveInstance(systemClock, config.data, flags.to);
      terminal.out.write(describe(moved));
      if (!config.secretKey)
        terminal.out.write(`The key of the secrets is ${keyFileOf(config)}: every server and worker needs it.\n`);
      done(0);
    });
}

function describe({ control, workTables, workRows, local }: Moved): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, rows]) => `  ${name}: ${rows}\n`)
      .join('');
  return [
    `Moved, and counted on both sides:\n${list(control)}`,
    `  work tables: ${workTables} with ${workRows} rows\n`,
    Object.keys(local).length > 0 ? `Local data:\n${list(local)}` : '',
  ].join('');
}
