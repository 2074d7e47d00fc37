import { countArrived, passedRows } from '../kit/rows.ts';
import type { NodeContext, NodeRun } from '../kit/run.ts';
import type { TestConfig } from './definition.ts';
import { otherwisePort } from './definition.ts';

export const run: NodeRun<TestConfig> = async (context) => {
  countArrived(context);
  const port = (await firstTrue(context)) ?? (context.config.otherwise ? otherwisePort.name : null);
  context.log('info', port === null ? 'No condition is true: the branch ends here' : `Takes "${port}"`);
  return { ports: port === null ? {} : { [port]: passedRows(context) } };
};

async function firstTrue({ config, evaluate, signal }: NodeContext<TestConfig>): Promise<string | null> {
  for (const { name, condition } of config.conditions) {
    signal.throwIfAborted();
    const { value, isDate, isUndefined } = await evaluate(condition);
    if (isDate || (!isUndefined && Boolean(value))) return name;
  }
  return null;
}
