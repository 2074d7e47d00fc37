/** Workflows in one line, from node types that are made of a function. */
import { z } from 'zod';
import type { NodeDefinition, Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Schedule } from '../../contract/schedule.ts';
import { alwaysValid } from '../../contract/schedule.ts';
import type { Workflow, WorkflowNode, WorkflowSettings } from '../../contract/workflow.ts';
import type { NodeContext, NodeResult, NodeRun } from '../../nodes/kit/run.ts';
import type { Catalog } from '../../server/engine/catalog.ts';
import { makeCatalog } from '../../server/engine/catalog.ts';

/** What the node of a name does; a node without one activates its success port. */
export type Acts = Record<string, (context: NodeContext) => NodeResult | Promise<NodeResult>>;

const kinds: Record<string, Port['kind']> = { success: 'success', reject: 'reject', error: 'error', doubt: 'doubt' };
const config = z.record(z.string(), z.json());

function portsOf(settings: Record<string, unknown>): Port[] {
  const names = Array.isArray(settings.ports) ? settings.ports.map(String) : ['success'];
  return names.map((name) => ({ name, label: name, kind: kinds[name] ?? 'branch', rows: settings.rows === true }));
}

function defineAct(type: string, rest: Partial<NodeDefinition<Record<string, unknown>>>) {
  return defineNode<Record<string, unknown>>({
    type,
    label: type,
    description: 'Does what a test says.',
    group: 'flow',
    icon: 'IconFlask',
    keywords: [],
    config: config as z.ZodType<Record<string, unknown>>,
    defaults: {},
    form: [],
    inputs: { min: 0, max: null, join: 'each', rows: 'optional' },
    starts: null,
    ports: portsOf,
    columns: () => ({}),
    summary: () => '',
    ...rest,
  });
}

/** `act` takes each arrival, `all` waits for all, `write` is left out of simulations, `timer` begins by a schedule. */
export function actCatalog(acts: Acts): Catalog {
  const run: NodeRun = async (context) =>
    (await acts[context.node.name]?.(context)) ?? { ports: { success: context.inputs[0]?.table ?? null } };
  const definitions = [
    defineAct('act', {}),
    defineAct('all', { inputs: { min: 1, max: null, join: 'all', rows: 'optional' } }),
    defineAct('write', { writesOutside: (settings) => (settings.dry === true ? null : 'write to the test') }),
    defineAct('timer', {
      inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
      starts: 'schedule',
      schedule: ({ cron, ...settings }) => ({
        timing: { kind: 'cron', cron: String(cron) },
        validity: alwaysValid,
        catchUpHours: null,
        lateAfter: null,
        ...(settings as unknown as Pick<Schedule, 'timeZone' | 'overlap' | 'catchUp'>),
      }),
    }),
  ];
  return makeCatalog(new Map(definitions.map((definition) => [definition.type, { definition, run }])));
}

export type NodeSettings = Partial<Omit<WorkflowNode, 'id' | 'name'>>;

/** `draw('a -> b, b.reject -> c')`: nodes by name, arrows from a port (success unless said). */
export function draw(
  arrows: string,
  nodes: Record<string, NodeSettings> = {},
  settings: WorkflowSettings = {},
  internalName = 'flow',
): Workflow {
  const parsed = arrows.split(',').map((arrow) => arrow.split('->').map((end) => end.trim()));
  const names = new Set(parsed.flatMap(([from = '', to]) => [from.split('.')[0] ?? '', ...(to ? [to] : [])]));
  return {
    formatVersion: 1,
    internalName,
    label: internalName,
    settings,
    nodes: [...names].map((name) => ({
      id: name,
      type: 'act',
      name,
      label: name,
      x: 0,
      y: 0,
      ...nodes[name],
      config: withPorts(name, parsed, nodes[name]?.config),
    })),
    transitions: parsed.flatMap(([from = '', to]) => {
      const [node = '', port = 'success'] = from.split('.');
      return to ? [{ id: `${node}-${port}-${to}`, from: node, port, to }] : [];
    }),
  };
}

/** A node has the ports its arrows leave from, and success. */
function withPorts(name: string, arrows: string[][], own: WorkflowNode['config'] = {}): WorkflowNode['config'] {
  const drawn = arrows.map(([from = '']) => from.split('.')).filter(([node]) => node === name);
  const ports = [...new Set(['success', ...drawn.flatMap(([, port]) => (port ? [port] : []))])];
  return { ports: ports.filter((port) => port !== 'error' || own.ownError === true), ...own };
}
