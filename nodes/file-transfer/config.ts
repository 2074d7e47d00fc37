import { z } from 'zod';
import { tolerant } from '../kit/config.ts';

export const actions = ['download', 'upload', 'list', 'exists', 'remove'] as const;
export type Action = (typeof actions)[number];

const shape = z.strictObject({
  action: z.enum(actions).default('download'),
  connection: z.string().max(200).default(''),
  local: z.string().max(200).default(''),
  path: z.string().max(1_000).default(''),
  target: z.string().max(1_000).default(''),
  after: z.enum(['keep', 'remove', 'archive']).default('keep'),
  archive: z.string().max(1_000).default('archive'),
  draft: z.boolean().default(true),
  missing: z.enum(['branch', 'fail']).default('branch'),
});
export type FileTransferConfig = z.output<typeof shape>;

export const defaults: FileTransferConfig = shape.parse({});
export const readConfig = tolerant(shape, defaults);

export const isTransfer = ({ action }: Pick<FileTransferConfig, 'action'>): boolean =>
  action === 'download' || action === 'upload';

export const configSchema = shape.superRefine((config, ctx) => {
  const refuse = (path: string, message: string): void => ctx.addIssue({ code: 'custom', path: [path], message });
  if (config.connection === '') refuse('connection', 'choose where the files lie');
  if (config.path.trim() === '') refuse('path', 'name the files');
  if (!isTransfer(config)) return;
  if (config.local === '') refuse('local', 'choose the other side');
  if (config.after === 'archive' && config.archive.trim() === '') refuse('archive', 'name a folder');
});
