import type { NodeRun } from '../kit/run.ts';

export const run: NodeRun = async () => ({ ports: { success: null } });
