import type { Json } from '../../contract/types.ts';
import { unitLength } from '../kit/durations.ts';
import { demandInstant } from '../kit/instants.ts';
import type { NodeContext } from '../kit/run.ts';
import type { Expiration, ExternalSignalConfig } from './definition.ts';

/** An expiration with its instant (milliseconds), as the task remembers it. */
export interface Expiry {
  name: string;
  at: number;
  terminate: boolean;
}

/** In the order in which they come. Reckoned once, when the node is reached. */
export async function reckonExpiries(context: NodeContext<ExternalSignalConfig>): Promise<Expiry[]> {
  const now = context.clock.now().getTime();
  const expiries: Expiry[] = [];
  for (const [index, expiration] of context.config.expirations.entries())
    expiries.push({
      name: expiration.name,
      at: await instantOf(context, expiration, `expirations.${index}.expression`, now),
      terminate: expiration.terminate,
    });
  return expiries.sort((a, b) => a.at - b.at);
}

async function instantOf(
  context: NodeContext<ExternalSignalConfig>,
  { kind, amount, unit, expression }: Expiration,
  field: string,
  now: number,
): Promise<number> {
  if (kind === 'delay') return now + amount * unitLength[unit];
  const { value } = await context.evaluate(expression);
  return demandInstant(value, field, context.timeZone).getTime();
}

export const toMemory = (left: readonly Expiry[]): Json =>
  left.map(({ name, at, terminate }) => ({ name, at, terminate }));
export const fromMemory = (memory: Json): Expiry[] => memory as unknown as Expiry[];
