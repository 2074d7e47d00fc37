import type { NodeRun } from '../kit/run.ts';
import type { EndConfig } from './definition.ts';

export const run: NodeRun<EndConfig> = async ({ config }) => ({
  ports: {},
  effects: config.stopAll ? [{ type: 'endRun' }] : [],
});
