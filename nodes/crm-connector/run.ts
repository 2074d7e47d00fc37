import type { NodeRun } from '../kit/run.ts';
import type { CrmConfig } from './config.ts';
import { isExport } from './config.ts';
import { exportRecords } from './export/exportRecords.ts';
import { importDeleted } from './importDeleted.ts';
import { importFiltered } from './importFiltered.ts';
import { importPopulation } from './importPopulation.ts';

export const run: NodeRun<CrmConfig> = (context) => {
  const { config } = context;
  if (isExport(config)) return exportRecords(context);
  if (config.operation === 'deleted') return importDeleted(context);
  return config.source === 'population' ? importPopulation(context) : importFiltered(context);
};
