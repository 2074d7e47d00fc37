import type { TableRef } from '../../contract/relation.ts';
import { never } from '../../contract/run.ts';
import { passedRows } from '../kit/rows.ts';
import type { NodeContext, NodeResult, NodeRun } from '../kit/run.ts';
import type { ExternalSignalConfig } from './definition.ts';
import type { Expiry } from './expirations.ts';
import { fromMemory, reckonExpiries, toMemory } from './expirations.ts';

export const run: NodeRun<ExternalSignalConfig> = async (context) => {
  const left = context.wake ? fromMemory(context.wake.memory) : await reckonExpiries(context);
  return context.received ? takeSignal(context, left) : expire(context, left);
};

function takeSignal(context: NodeContext<ExternalSignalConfig>, left: readonly Expiry[]): NodeResult {
  const { received, config } = context;
  Object.assign(context.vars, received?.parameters);
  context.log('info', `The signal ${config.signal} came from ${received?.by}`);
  const ports = { success: passedRows(context) };
  return received?.complete ? { ports } : waitOn(context, left, ports);
}

/** What has expired is taken in its order, up to the first that ends the wait. */
function expire(context: NodeContext<ExternalSignalConfig>, left: readonly Expiry[]): NodeResult {
  const now = context.clock.now().getTime();
  const ports: Record<string, TableRef | null> = {};
  for (const { name, at, terminate } of left) {
    if (at > now) break;
    ports[name] = passedRows(context);
    context.log('warning', `The signal ${context.config.signal} has not come: takes "${name}"`);
    if (terminate) return { ports };
  }
  return waitOn(
    context,
    left.filter(({ at }) => at > now),
    ports,
  );
}

function waitOn(
  { config }: NodeContext<ExternalSignalConfig>,
  left: readonly Expiry[],
  ports: Record<string, TableRef | null>,
): NodeResult {
  const [next] = left;
  return {
    waitUntil: next ? new Date(next.at).toISOString() : never,
    reason: `Waits for the signal ${config.signal}`,
    memory: toMemory(left),
    signal: config.signal,
    ports,
  };
}
