import { passedRows } from '../kit/rows.ts';
import type { NodeRun } from '../kit/run.ts';
import type { ForkConfig } from './definition.ts';

export const run: NodeRun<ForkConfig> = async (context) => {
  const rows = passedRows(context);
  return { ports: Object.fromEntries(context.config.branches.map((branch) => [branch.name, rows])) };
};
