import { jumpPort } from '../../contract/node.ts';
import { passedRows } from '../kit/rows.ts';
import type { NodeRun } from '../kit/run.ts';

export const run: NodeRun = async (context) => ({ ports: { [jumpPort.name]: passedRows(context) } });
