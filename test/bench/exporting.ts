/** What the benchmarks of exports share: the node and its settings, and what a task of it costs the engine. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Reply } from '../../contract/api.ts';
import { isFinal } from '../../contract/run.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { defaults } from '../../nodes/crm-connector/config.ts';
import type { ExportConfig } from '../../nodes/crm-connector/exportConfig.ts';
import { exportDefaults } from '../../nodes/crm-connector/exportConfig.ts';
import type { Organisation } from '../harness/organisation.ts';
import { childrenOf, cpuSeconds, forgetPeakMemory, peakMemory } from '../harness/processes.ts';
import type { Product } from '../harness/product.ts';
import type { Stage } from './stage.ts';

const connection = 'demo_salesforce';

export async function connect(product: Product, org: Organisation): Promise<void> {
  const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret, apiVersion: '60.0' };
  await product.call('createConnection', {
    body: { name: connection, kind: 'salesforce', label: 'Demo', settings },
  });
}

export const node = (id: string, type: string, config: object): WorkflowNode => ({
  id,
  type,
  name: id,
  label: id,
  x: 0,
  y: 0,
  config: config as WorkflowNode['config'],
});

export const contactsNode = (id: string, config: object): WorkflowNode =>
  node(id, 'crm-connector', { ...defaults, connection, object: 'Contact', ...config });

/** `fields`: columns by field. Nobody is asked. */
export function exportNode(id: string, fields: Record<string, string>, settings: Partial<ExportConfig>): WorkflowNode {
  const mapping = Object.entries(fields).map(([field, column]) => ({
    field,
    label: field,
    type: 'text' as const,
    source: { kind: 'column' as const, column },
    conversion: 'default' as const,
    empty: 'keep' as const,
    onlyIf: '',
  }));
  return contactsNode(id, { operation: 'export', export: { ...exportDefaults, mapping, ...settings } });
}

/** Two nodes, one behind the other. */
export const pair = (internalName: string, first: WorkflowNode, second: WorkflowNode): Workflow => ({
  formatVersion: 1,
  internalName,
  label: internalName,
  nodes: [first, second],
  transitions: [{ id: 'arrow', from: first.id, port: 'success', to: second.id }],
});

export interface Cost {
  task: Reply<'getRun'>['tasks'][number];
  seconds: number;
  /** Of the engine, while the task ran. */
  peakMemoryMB: number;
  cpuSeconds: number;
  /** Of everything the product has stored: what the task has added, and most of it at one moment. */
  addedMB: number;
  mostMB: number;
}

/** Runs the workflow and looks at one of its nodes. `onStart` is awaited once that is seen to run. */
export async function costOf(
  { product, folder }: Stage,
  workflow: Workflow,
  nodeId: string,
  onStart: () => Promise<void> = async () => undefined,
): Promise<Cost> {
  await product.call('createWorkflow', { body: { workflow } });
  const params = { workflow: workflow.internalName };
  const { id } = await product.call('startRun', { params, body: { which: 'draft' } });
  const [engine = 0] = await childrenOf(product.pid);
  await untilRunning(product, id, nodeId);
  await forgetPeakMemory(engine);
  await onStart();
  const before = { cpu: await cpuSeconds(engine), disk: await sizeOf(folder) };
  let most = before.disk;
  for (;;) {
    const run = await product.call('getRun', { params: { run: id } });
    const size = await sizeOf(folder);
    most = Math.max(most, size);
    const task = run.tasks.find((one) => one.nodeId === nodeId);
    if (!isFinal(run.state) || !task) {
      await pause(200);
      continue;
    }
    if (task.state !== 'succeeded') throw new Error(`the run ended as ${run.state}: ${JSON.stringify(task.error)}`);
    return {
      task,
      seconds: (task.durationMs ?? 0) / 1_000,
      peakMemoryMB: (await peakMemory(engine)) ?? Number.NaN,
      cpuSeconds: (await cpuSeconds(engine)) - before.cpu,
      addedMB: (size - before.disk) / 1e6,
      mostMB: (most - before.disk) / 1e6,
    };
  }
}

async function untilRunning(product: Product, id: string, nodeId: string): Promise<void> {
  for (;;) {
    const run = await product.call('getRun', { params: { run: id } });
    const task = run.tasks.find((one) => one.nodeId === nodeId);
    if (task && task.state !== 'pending') return;
    if (isFinal(run.state)) throw new Error(`the run ended as ${run.state}: ${JSON.stringify(run.error)}`);
    await pause(20);
  }
}

/** Bytes of all files below. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
