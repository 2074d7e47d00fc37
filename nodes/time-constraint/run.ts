import { UserError } from '../../contract/errors.ts';
import { demandInstant } from '../kit/instants.ts';
import { passedRows } from '../kit/rows.ts';
import type { NodeContext, NodeRun } from '../kit/run.ts';
import type { TimeConstraintConfig } from './definition.ts';
import { outsidePort } from './definition.ts';
import { findWindow } from './window.ts';

/** Whoever wakes it: outside the window it does not go on. */
export const run: NodeRun<TimeConstraintConfig> = async (context) => {
  const { config, clock, timeZone, node } = context;
  const validity = {
    from: readLimit(context, 'validFrom'),
    until: readLimit(context, 'validUntil'),
  };
  const now = clock.now();
  const window = findWindow(config, validity, now, timeZone);
  if (window && window.opens <= now) return { ports: { success: passedRows(context) } };
  if (config.outside === 'branch') return { ports: { [outsidePort.name]: passedRows(context) } };
  if (!window) throw new UserError('WINDOW_OVER', { node: node.label });
  return { waitUntil: window.opens.toISOString(), reason: 'Waits for the time window', memory: true };
};

function readLimit(context: NodeContext<TimeConstraintConfig>, setting: 'validFrom' | 'validUntil'): Date | null {
  const text = context.config[setting];
  return text.trim() === '' ? null : demandInstant(text, setting, context.timeZone);
}
