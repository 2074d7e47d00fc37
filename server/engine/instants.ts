/** Instants of a cron text. */
import { Cron } from 'croner';
import { UserError } from '../../contract/errors.ts';

/**
 * The next `count` instants after `from`. When clocks change: a fixed time of day that is skipped comes at the first
 * instant after the gap, and one that occurs twice comes once; intervals (`*`, steps, lists) leave out what is skipped and
 * come in both hours of a repeated one. Five fields, or six with seconds in front. Throws UserError CONFIG_INVALID.
 */
export function nextInstants(cron: string, timeZone: string, count: number, from: Date): Date[] {
  return read(cron, timeZone, (parsed) => parsed.nextRuns(count, from));
}

/** The last `count` instants up to `until`, that one included, in order. Throws UserError CONFIG_INVALID. */
export function lastInstants(cron: string, timeZone: string, count: number, until: Date): Date[] {
  const behind = new Date(until.getTime() + 1_000);
  const found = read(cron, timeZone, (parsed) => parsed.previousRuns(count + 1, behind));
  return found
    .filter((instant) => instant <= until)
    .slice(0, count)
    .reverse();
}

function read(cron: string, timeZone: string, ask: (parsed: Cron) => Date[]): Date[] {
  try {
    return ask(new Cron(cron, { timezone: timeZone, paused: true, mode: '5-or-6-parts' }));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : 'is wrong';
    throw new UserError('CONFIG_INVALID', { field: 'Schedule', reason }, { cause: error });
  }
}
