import type { Command } from 'commander';
import { Option } from 'commander';
import { textFormats } from '../server/tableText.ts';
import type { RecordFlags } from './printRecords.ts';
import type { Terminal } from './terminal.ts';

const help = `
NODE is the name of a node, PORT one of its outputs, for example deduplication.duplicates.
Run "syncline run FILE --json" to see the names of all ports with their counts.`;

export function addRecords(program: Command, terminal: Terminal, done: (code: number) => void): void {
  program
    .command('records')
    .description('Print the rows that left a node by a port.')
    .argument('<run>', 'id of a run, or "last"')
    .argument('<node.port>', 'the node and its port')
    .option('--data <folder>', 'the data folder (default: data)')
    .addOption(new Option('--format <format>', 'how to write them').choices(textFormats).default('csv'))
    .option('--pass <number>', 'which time the node was reached in the run (default: the last)')
    .option('--bom', 'begin CSV with a byte order mark, by which Excel knows that it is UTF-8')
    .addHelpText('after', help)
    .action(async (run: string, place: string, flags: RecordFlags) => {
      const { printRecords } = await import('./printRecords.ts');
      await printRecords(run, place, flags, terminal);
      done(0);
    });
}
