import type { Reply } from '../../contract/api.ts';
import { toErrorReply, UserError } from '../../contract/errors.ts';
import type { ZonedPlan } from '../engine/instants.ts';
import { nextInstants } from '../engine/instants.ts';

const shown = 10;

/** The next ten instants of a schedule, in UTC and as the clock on the wall shows them. What a person has to mend is in `error`. */
export function previewSchedule(plan: ZonedPlan, now: Date): Reply<'previewSchedule'> {
  try {
    const instants = nextInstants(plan, Math.min(shown, plan.validity.runs ?? shown), now);
    const local = new Intl.DateTimeFormat('en-GB', {
      timeZone: plan.timeZone,
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
