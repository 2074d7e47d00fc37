import type { NodeRun } from '../kit/run.ts';
import type { SchedulerConfig } from './schedule.ts';

/** `vars.scheduledFor` is the planned instant (ISO, UTC), not the moment the run got going; a start by hand has none. */
export const run: NodeRun<SchedulerConfig> = async ({ vars, scheduledFor }) => {
  if (scheduledFor !== null) vars.scheduledFor = scheduledFor;
  return { ports: { success: null } };
};
