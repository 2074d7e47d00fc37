import { countArrived, passedRows } from '../kit/rows.ts';
import type { NodeContext, NodeOutcome, NodeRun } from '../kit/run.ts';
import type { JavascriptCodeConfig } from './definition.ts';
import { declaredColumns } from './definition.ts';
import { effectsOf } from './effects.ts';
import { runPerRecord } from './perRecord.ts';

export const run: NodeRun<JavascriptCodeConfig> = async (context) => {
  countArrived(context);
  return context.config.mode === 'run' ? runOnce(context) : runPerRecord(context);
};

async function runOnce(context: NodeContext<JavascriptCodeConfig>): Promise<NodeOutcome> {
  const input = passedRows(context);
  const columns = declaredColumns(context.config);
  const output = columns.length > 0 ? await context.writer({ columns, name: 'success' }) : undefined;
  const left = await context.script({ source: context.config.script, input, ...(output ? { output } : {}) });
  return { ports: { success: output ? await output.finish() : input }, effects: effectsOf(left) };
}
