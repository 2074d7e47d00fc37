/** Instants of a cron text. */
import { Cron } from 'croner';
import { UserError } from '../../contract/errors.ts';

/**
 * The next `count` instants after `from`. When clocks change: a fixed time of day that is skipped comes at the first
 * instant after the gap, and one that occurs twice comes once; intervals (`*`, steps, lists) leave out what is skipped and
 * come in both hours of a repeated one. Five fields, or six with seconds in front. Throws UserError CONFIG_INVALID.
 */
export function nextInstants(cron: string, timeZone: string, count: number, from: Date): Date[] {
  try {
    return new Cron(cron, { timezone: timeZone, paused: true, mode: '5-or-6-parts' }).nextRuns(count, from);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : 'is wrong';
    throw new UserError('CONFIG_INVALID', { field: 'Schedule', reason }, { cause: error });
  }
}
