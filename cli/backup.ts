import type { Command } from 'commander';
import { UserError } from '../contract/errors.ts';
import type { Config } from '../server/config.ts';
import { loadConfig, placeOf } from '../server/config.ts';
import { systemClock } from '../server/db/clock.ts';
import type { Manifest } from '../server/keeping/manifest.ts';
import { usageExit } from './failure.ts';
import { requireInstance } from './instanceFolder.ts';
import type { Terminal } from './terminal.ts';

const backupHelp = `
It may be used while the server works. The backup holds everything, the key of the secrets too if it lies in the data folder:
keep it as safe as that.`;
const restoreHelp = `
What was restored starts nothing and sends nothing until somebody confirms, in the editor or with --confirm: the instance it was
copied from may still work. --hold does the same to an instance whose database was copied by other means.`;

export function addBackup(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command('backup')
    .description('Copy a whole instance into a new folder.')
    .requiredOption('--to <folder>', 'where to; it must not exist, or be empty')
    .option('--data <folder>', 'the data folder (default: data)')
    .addHelpText('after', backupHelp)
    .action(async (flags: { to: string; data?: string }) => {
      const config = requireFiles(flags);
      const { backUpInstance } = await import('../server/keeping/backup.ts');
      terminal.out.write(`${describe(await backUpInstance(systemClock, config.data, flags.to))} in ${flags.to}\n`);
      done(0);
    });
}

interface RestoreFlags {
  from?: string;
  data?: string;
  confirm?: boolean;
  hold?: boolean;
}

export function addRestore(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command('restore')
    .description('Make an instance from a backup; or confirm that a restored one may work.')
    .option('--from <folder>', 'the backup')
    .option('--data <folder>', 'the data folder; with --from it must not exist, or be empty (default: data)')
    .option('--confirm', 'let a restored instance work')
    .option('--hold', 'hold an instance as if it had been restored')
    .addHelpText('after', restoreHelp)
    .action(async (flags: RestoreFlags) => {
      if ([flags.from, flags.confirm, flags.hold].filter(Boolean).length !== 1) {
        terminal.err.write('syncline: Say one of --from, --confirm and --hold.\n');
        return done(usageExit);
      }
      if (flags.from) await restore(flags.from, requireFiles(flags), terminal);
      else await changeHold(loadConfig({ data: flags.data }), flags.hold ?? false, terminal);
      done(0);
    });
}

async function restore(from: string, config: Config, { out }: Terminal): Promise<void> {
  const { restoreInstance } = await import('../server/keeping/restore.ts');
  const manifest = await restoreInstance(systemClock, from, config.data);
  out.write(`${describe(manifest)} restored in ${config.data}\n`);
  out.write(
    `Nothing starts and nothing is sent until it is confirmed: npx syncline restore --confirm --data ${config.data}\n`,
  );
}

async function changeHold(config: Config, hold: boolean, { out }: Terminal): Promise<void> {
  if (config.databaseUrl === undefined) requireInstance(config.data);
  const { openControl } = await import('../server/db/control.ts');
  const { inTransaction } = await import('../server/db/transaction.ts');
  const { liftHold, setHold } = await import('../server/keeping/hold.ts');
  const db = await openControl(placeOf(config), { clock: systemClock });
  try {
    const at = systemClock.now().toISOString();
    const held = await inTransaction(db, async (tx) => {
      if (!hold) return liftHold(tx);
      await setHold(tx, { restoredAt: at, backupAt: at });
      return true;
    });
    if (hold) out.write('The instance is held: nothing starts and nothing is sent.\n');
    else out.write(held ? 'The instance works again.\n' : 'The instance was not held.\n');
  } finally {
    await db.destroy();
  }
}

/** Throws UserError BACKUP_POSTGRES. */
function requireFiles(flags: { data?: string }): Config {
  const config = loadConfig({ data: flags.data });
  if (config.databaseUrl) throw new UserError('BACKUP_POSTGRES');
  return config;
}

function describe({ at, files }: Manifest): string {
  const megabytes = files.reduce((sum, file) => sum + file.bytes, 0) / 1_000_000;
  return `${files.length} files, ${megabytes.toFixed(1)} MB, as of ${at},`;
}
