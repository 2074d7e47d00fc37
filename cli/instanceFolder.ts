import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../contract/errors.ts';

/** Reading or changing an instance makes no folder: a mistyped one is named instead. Throws UserError BACKUP_NOTHING. */
export function requireInstance(folder: string): void {
  if (!existsSync(join(folder, 'control.sqlite'))) throw new UserError('BACKUP_NOTHING', { folder });
}
