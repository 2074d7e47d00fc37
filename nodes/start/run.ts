import { declaredColumns, fitDeclared } from '../kit/declared.ts';
import type { NodeRun } from '../kit/run.ts';
import type { StartConfig } from './definition.ts';

export const run: NodeRun<StartConfig> = async (context) => {
  const columns = declaredColumns(context.config.columns);
  if (columns.length === 0) return { ports: { success: null } };
  const given = await context.given();
  if (given) return { ports: { success: await context.table(fitDeclared(given, columns)) } };
  const empty = await context.writer({ columns, name: 'success' });
  return { ports: { success: await empty.finish() } };
};
