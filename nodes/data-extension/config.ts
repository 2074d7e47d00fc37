import { z } from 'zod';
import { tolerant } from '../kit/config.ts';

const lineSchema = z.strictObject({
  /** Of the rows that arrive. */
  column: z.string().max(255).default(''),
  /** Of the data extension; empty: called like the column. */
  attribute: z.string().max(255).default(''),
});
export type Line = z.output<typeof lineSchema>;

const shape = z.strictObject({
  connection: z.string().max(200).default(''),
  /** External key of the data extension. */
  extension: z.string().max(1_000).default(''),
  mode: z.enum(['update', 'upsert']).default('update'),
  key: z.array(lineSchema).max(20).default([]),
  attributes: z.array(lineSchema).max(1_000).default([]),
  /** Columns that go to columns of the same name. */
  custom: z.array(z.string().max(255)).max(1_000).default([]),
  /** What is done with a custom attribute that the data extension lacks. */
  missing: z.enum(['refuse', 'create']).default('refuse'),
  /** Whether a value that is empty empties the column. */
  emptyOverwrites: z.boolean().default(true),
  delivery: z.enum(['requests', 'file']).default('requests'),
  /** Where files are laid, by the name of a connection, and below which folder of it. */
  files: z.string().max(200).default(''),
  folder: z.string().max(500).default('Import'),
  /** Whether files come into being under another name, which they lose when they are whole. */
  draft: z.boolean().default(true),
  /** Whether the import is started and waited for, or somebody else's to start. */
  start: z.boolean().default(true),
  /** The name that Marketing Cloud has for the place. */
  location: z.string().max(200).default('ExactTarget Enhanced FTP'),
});
export type DataExtensionConfig = z.output<typeof shape>;

export const defaults: DataExtensionConfig = shape.parse({});
export const readConfig = tolerant(shape, defaults);

/** The column of the data extension that a line fills. */
export const attributeOf = ({ column, attribute }: Line): string => attribute.trim() || column;

/** Names of columns mean the same in any case. */
export const isNamed = ({ name }: { name: string }, line: Line): boolean =>
  name.toLowerCase() === attributeOf(line).toLowerCase();

export const columnOf = <C extends { name: string }>(
  { columns }: { columns: readonly C[] },
  line: Line,
): C | undefined => columns.find((column) => isNamed(column, line));

export const configSchema = shape.superRefine((config, { addIssue }) => {
  const refuse = (path: (string | number)[], message: string): void => addIssue({ code: 'custom', path, message });
  if (config.connection === '') refuse(['connection'], 'choose a connection');
  if (config.extension.trim() === '') refuse(['extension'], 'copy the external key of the data extension');
  if (config.key.length === 0) refuse(['key'], 'map the primary key');
  if (config.delivery === 'file') {
    if (config.files === '') refuse(['files'], 'choose where files are laid');
    if (config.start && config.location.trim() === '') refuse(['location'], 'name the file location');
    if (!config.emptyOverwrites)
      refuse(['emptyOverwrites'], 'an import always overwrites: switch it on, or send requests');
  }
  const taken = new Set<string>();
  const take = (name: string, path: (string | number)[]): void => {
    if (taken.has(name.toLowerCase())) refuse(path, `another line fills "${name}" too`);
    taken.add(name.toLowerCase());
  };
  for (const list of ['key', 'attributes'] as const)
    config[list].forEach((line, index) => {
      if (line.column === '') refuse([list, index, 'column'], 'choose a column');
      else take(attributeOf(line), [list, index, 'attribute']);
    });
  config.custom.forEach((name, index) => {
    take(name, ['custom', index]);
  });
});
