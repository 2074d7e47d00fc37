import { unitLength } from '../kit/durations.ts';
import { demandInstant } from '../kit/instants.ts';
import { passedRows } from '../kit/rows.ts';
import type { NodeContext, NodeOutcome, NodeResult, NodeRun } from '../kit/run.ts';
import type { WaitConfig } from './definition.ts';
import { timeoutPort } from './definition.ts';

/** Once awake it goes on, also before the instant: then someone asked for what waits to be executed now. */
export const run: NodeRun<WaitConfig> = async (context) => {
  if (context.config.mode === 'condition') return waitForCondition(context);
  if (context.wake) return passOn(context);
  const now = context.clock.now();
  const until = await findInstant(context, now);
  if (until.getTime() <= now.getTime()) return passOn(context);
  return { waitUntil: until.toISOString(), reason: 'Waits' };
};

function passOn(context: NodeContext<WaitConfig>, port = 'success'): NodeOutcome {
  return { ports: { [port]: passedRows(context) } };
}

async function findInstant(context: NodeContext<WaitConfig>, now: Date): Promise<Date> {
  const { config, timeZone } = context;
  if (config.mode === 'duration') return new Date(now.getTime() + config.amount * unitLength[config.unit]);
  if (config.mode === 'instant') return demandInstant(config.instant, 'instant', timeZone);
  const { value } = await context.evaluate(config.expression);
  return demandInstant(value, 'expression', timeZone);
}

/** Looks at the start, at every interval and whenever it is woken. When it was given up to, it looks a last time. */
async function waitForCondition(context: NodeContext<WaitConfig>): Promise<NodeResult> {
  const { config } = context;
  const { value, isDate, isUndefined } = await context.evaluate(config.condition);
  if (isDate || (!isUndefined && Boolean(value))) return passOn(context);
  const now = context.clock.now().getTime();
  const since = typeof context.wake?.memory === 'number' ? context.wake.memory : now;
  const end = config.giveUp ? since + config.giveUpAfter * unitLength[config.giveUpUnit] : null;
  if (end !== null && now >= end) {
    context.log('warning', 'The condition did not come true in time');
    return passOn(context, timeoutPort.name);
  }
  const next = Math.min(now + config.every * unitLength[config.everyUnit], end ?? Number.POSITIVE_INFINITY);
  return { waitUntil: new Date(next).toISOString(), reason: 'Waits for a condition', memory: since };
}
