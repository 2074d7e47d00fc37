import type { Reply } from '../../contract/api.ts';
import { toErrorReply, UserError } from '../../contract/errors.ts';
import { nextInstants } from '../engine/instants.ts';

const shown = 10;

/** The next ten instants of a cron text, in UTC and as the clock on the wall shows them. A wrong text is in `error`. */
export function previewSchedule(asked: { cron: string; timeZone: string }, now: Date): Reply<'previewSchedule'> {
  try {
    const instants = nextInstants(asked.cron, asked.timeZone, shown, now);
    const local = new Intl.DateTimeFormat('en-GB', {
      timeZone: asked.timeZone,
      weekday: 'short',
      year: 'numeric',
      month: 'short',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    });
    return { instants: instants.map((at) => ({ at: at.toISOString(), local: local.format(at) })), error: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { instants: [], error: toErrorReply(error) };
  }
}
