import { UserError } from '../../contract/errors.ts';
import { passedRows } from '../kit/rows.ts';
import type { NodeContext, NodeOutcome, NodeRun } from '../kit/run.ts';
import type { WaitConfig } from './definition.ts';
import { parseInstant } from './instant.ts';

const milliseconds = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000, weeks: 604_800_000 };

/** Once awake it goes on, also before the instant: then someone asked for what waits to be executed now. */
export const run: NodeRun<WaitConfig> = async (context) => {
  if (context.wake) return passOn(context);
  const now = context.clock.now();
  const until = await findInstant(context, now);
  if (until.getTime() <= now.getTime()) return passOn(context);
  return { waitUntil: until.toISOString(), reason: 'Waits' };
};

function passOn(context: NodeContext<WaitConfig>): NodeOutcome {
  return { ports: { success: passedRows(context) } };
}

async function findInstant(context: NodeContext<WaitConfig>, now: Date): Promise<Date> {
  const { config } = context;
  if (config.mode === 'duration') return new Date(now.getTime() + config.amount * milliseconds[config.unit]);
  if (config.mode === 'instant') return toInstant(await context.render(config.instant), 'instant', context);
  const { value } = await context.evaluate(config.expression);
  return toInstant(value, 'expression', context);
}

function toInstant(value: unknown, field: string, { timeZone }: NodeContext<WaitConfig>): Date {
  const instant = typeof value === 'string' ? parseInstant(value, timeZone) : null;
  if (instant) return instant;
  const shown = JSON.stringify(value)?.slice(0, 80) ?? 'nothing';
  throw new UserError('CONFIG_INVALID', { field, reason: `${shown} is not a date and time` });
}
