import { never } from '../../contract/run.ts';
import { unitLength } from '../kit/durations.ts';
import { passedRows } from '../kit/rows.ts';
import type { NodeRun } from '../kit/run.ts';
import type { ApprovalConfig } from './definition.ts';

export const run: NodeRun<ApprovalConfig> = async (context) => {
  const { config, decision, clock } = context;
  if (decision) {
    const { approved, by, at, note } = decision;
    context.vars.approval = { approved, by, at, note };
    return { ports: { [approved ? 'approved' : 'refused']: passedRows(context) } };
  }
  if (context.wake) {
    context.log('warning', 'Nobody has answered in time.');
    return { ports: { expired: passedRows(context) } };
  }
  const until = clock.now().getTime() + config.amount * unitLength[config.unit];
  return {
    waitUntil: config.expires ? new Date(until).toISOString() : never,
    reason: 'Waits for approval',
    asks: config.question,
    memory: true,
  };
};
