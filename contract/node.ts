/** What a node type says of itself. Engine and editor read these properties; neither ever asks what type a node is. */
import type { z } from 'zod';
import type { Issue } from './errors.ts';
import type { FormField } from './form.ts';
import type { HookDeclaration } from './hook.ts';
import type { Schedule } from './schedule.ts';
import type { SignalDeclaration } from './signal.ts';
import type { Column } from './types.ts';
import type { WorkflowNode } from './workflow.ts';

/** success ● green, reject ◆ amber, error ▲ red, branch: a port of the node's own, drawn like success with its label. */
/** `doubt`: rows of which nobody knows what became of them; a run with such rows at its end is in doubt. */
export type PortKind = 'success' | 'reject' | 'error' | 'doubt' | 'branch';

export interface Port {
  /** Unique in the node; stands in transitions and in `syncline records RUN NODE.PORT`. */
  name: string;
  label: string;
  kind: PortKind;
  /** Whether rows travel along. */
  rows: boolean;
  /** Left by a jump, never by an arrow: not drawn. */
  drawn?: false;
}

/** The port by which a jump leaves. */
export const jumpPort: Port = { name: 'jump', label: 'Jump', kind: 'branch', rows: true, drawn: false };

/** The columns known to arrive by each inbound transition, in the order they were drawn; null: not known yet. */
export interface InputColumns {
  fromNode: string;
  port: string;
  columns: Column[] | null;
}

export interface CheckScope {
  node: WorkflowNode;
  inputs: InputColumns[];
  /** Names of existing connections with their capabilities; null where that is not known (a file without an instance). */
  connections: { name: string; kind: string; capabilities: readonly string[] }[] | null;
  /** All workflows by internalName; null where that is not known. */
  workflows: readonly KnownWorkflow[] | null;
  /** The internalName of the one that is drawn. */
  workflow: string;
  /** Ids of the nodes that rows can reach from here and that say of each whether it was delivered; left out: not known. */
  deliverers?(): readonly string[];
  /** Ports from which a transition leads; left out: not known. */
  drawn?(): readonly string[];
}

export interface KnownWorkflow {
  name: string;
  published: boolean;
}

export type NodeGroup = 'sources' | 'data' | 'code' | 'flow' | 'targets';

/** What tells kinds of nodes apart on the canvas. */
export interface NodeLook {
  icon: string;
  group: NodeGroup;
}

export interface NodeDefinition<Config = Record<string, unknown>> {
  /** The folder's name. Never changes. */
  type: string;
  label: string;
  /** One sentence for the palette. */
  description: string;
  group: NodeGroup;
  /** Name of a Tabler icon, for example `IconCloud`. */
  icon: string;
  /** Words under which the palette finds it, Adobe's among them. */
  keywords: readonly string[];
  config: z.ZodType<Config>;
  defaults: Config;
  /** What a node has when it is drawn anew, where that is not the default: those drawn before a setting was there keep what they did. */
  initial?: Partial<Config>;
  form: FormField[];
  /** What the settings are called, by path, that a panel of its own draws and no form lists; for messages about them. */
  labels?: Readonly<Record<string, string>>;
  /** Inbound transitions. `all`: it waits until each has delivered (or cannot any more); `each`: one task per arrival. */
  inputs: { min: number; max: number | null; join: 'each' | 'all'; rows: 'required' | 'optional' | 'none' };
  /** How a run may begin here: by hand (`start`), by a schedule, or not at all. A node without inbound transition whose `starts` is null begins by hand too, if inputs.min is 0. */
  starts: 'manual' | 'schedule' | null;
  /** For `starts: 'schedule'`. */
  schedule?: (config: Config) => Schedule;
  /** The output ports, in the order they are drawn. The Error port of `onError: 'transition'` is added by `nodePorts`. */
  ports(config: Config): Port[];
  /** Columns by port; null: not known while drawing. Pure, called at every edit: fast, never throws for odd configs. */
  columns(config: Config, inputs: InputColumns[]): Record<string, Column[] | null>;
  /** Problems beyond the schema; paths lead into the config. */
  check?(config: Config, scope: CheckScope): Issue[];
  /** What reaches it is what a calling workflow gets back. */
  returns?: true;
  /** The signal that this node waits for, or begins with. */
  signal?(config: Config): SignalDeclaration;
  /** Signed calls from outside that start a run of the published version here. */
  hook?(config: Config): HookDeclaration;
  /** A point of a jump: what reaches `out` goes on at the `in` of the same name, as if an arrow led there. `out` has `jumpPort`. */
  jump?(config: Config): { point: 'out' | 'in'; name: string };
  /** How its card looks where its settings make it something else: what writes does not look like what reads. Icons as `icon: '…'`. */
  look?(config: Config): NodeLook | null;
  /** One line under the node's name, made from its settings: "keeps most recent · Email". */
  summary(config: Config): string;
  /**
   * For a node whose purpose is to write, into an outside system, local data, a file or a mailbox: what it writes, in a few
   * words such as "insert or update rows of people"; null where the settings write nothing. A simulation does not run it, nor
   * what is behind it, and says so in these words.
   */
  writesOutside?(config: Config): string | null;
  /** It says of each row, when it is so, that it was delivered: `context.delivered`. */
  delivers?(config: Config): boolean;
  /** Outputs named by task instead of attempt: a new attempt goes on where the last one was. */
  resumable?: boolean;
  /** A template whose rendered text names an option that this node reads as its cursor; shown in its panel. */
  cursorOption?: (config: Config) => string | null;
}

/** Definitions by type; found by folder on the server and in the browser. */
export type NodeCatalog = ReadonlyMap<string, NodeDefinition<Record<string, unknown>>>;

/** Gives a definition its full types and hides them again, so that catalogues can hold all of them. */
export function defineNode<Config>(definition: NodeDefinition<Config>): NodeDefinition<Record<string, unknown>> {
  return definition as unknown as NodeDefinition<Record<string, unknown>>;
}

/** How the card of a placed node looks. */
export const nodeLook = (definition: NodeDefinition<Record<string, unknown>>, node: WorkflowNode): NodeLook =>
  definition.look?.(parsedConfig(definition, node)) ?? definition;

export const errorPort: Port = { name: 'error', label: 'Error', kind: 'error', rows: false };

/** All ports of a placed node: its own, and Error where the person asked for it. */
export function nodePorts(definition: NodeDefinition<Record<string, unknown>>, node: WorkflowNode): Port[] {
  const own = definition.ports(parsedConfig(definition, node));
  if (node.onError !== 'transition' || own.some((port) => port.name === errorPort.name)) return own;
  return [...own, errorPort];
}

/** Those from which an arrow can be drawn. */
export function drawnPorts(definition: NodeDefinition<Record<string, unknown>>, node: WorkflowNode): Port[] {
  return nodePorts(definition, node).filter((port) => port.drawn !== false);
}

/** The node's config with defaults for what is missing, inside its groups of settings too, so that drawing never breaks. */
export function parsedConfig(
  definition: NodeDefinition<Record<string, unknown>>,
  node: WorkflowNode,
): Record<string, unknown> {
  const exact = definition.config.safeParse({ ...definition.defaults, ...node.config });
  return exact.success ? exact.data : filled(definition.defaults, node.config);
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function filled(defaults: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  const inside = Object.entries(given).map(([name, value]) => {
    const own = defaults[name];
    return [name, isGroup(own) && isGroup(value) ? filled(own, value) : value] as const;
  });
  return { ...defaults, ...Object.fromEntries(inside) };
}
