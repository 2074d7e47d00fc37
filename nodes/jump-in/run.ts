import { passedRows } from '../kit/rows.ts';
import type { NodeRun } from '../kit/run.ts';

export const run: NodeRun = async (context) => ({ ports: { success: passedRows(context) } });
