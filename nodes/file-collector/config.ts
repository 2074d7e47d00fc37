import { z } from 'zod';
import { tolerant } from '../kit/config.ts';

const shape = z.strictObject({
  connection: z.string().max(200).default(''),
  path: z.string().max(1_000).default(''),
  deliver: z.enum(['each', 'together']).default('each'),
  settle: z.number().int().min(0).max(86_400).default(60),
  most: z.number().int().min(1).max(10_000).default(100),
  after: z.enum(['keep', 'archive']).default('keep'),
  archive: z.string().max(1_000).default('collected'),
});
export type FileCollectorConfig = z.output<typeof shape>;

export const defaults: FileCollectorConfig = shape.parse({});
export const readConfig = tolerant(shape, defaults);

export const configSchema = shape.superRefine(({ connection, path, after, archive }, ctx) => {
  const refuse = (name: string, message: string): void => ctx.addIssue({ code: 'custom', path: [name], message });
  if (connection === '') refuse('connection', 'choose where the files lie');
  if (path.trim() === '') refuse('path', 'name the files');
  if (after === 'archive' && archive.trim() === '') refuse('archive', 'name a folder');
});
