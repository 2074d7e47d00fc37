import type { NodeRun } from '../kit/run.ts';
import type { CrmConfig } from './config.ts';
import { importDeleted } from './importDeleted.ts';
import { importFiltered } from './importFiltered.ts';
import { importPopulation } from './importPopulation.ts';

export const run: NodeRun<CrmConfig> = (context) => {
  if (context.config.operation === 'deleted') return importDeleted(context);
  return context.config.source === 'population' ? importPopulation(context) : importFiltered(context);
};
