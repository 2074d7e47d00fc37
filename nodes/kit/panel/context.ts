/**
 * What a node's panel sees of the editor. Panels never fetch: they use the hooks of this context, so that the same panel
 * works for a draft, for a past run (read-only) and in a test.
 */
import type { ComponentType } from 'react';
import type { RemoteObject, RemoteObjectDetails } from '../../../contract/connector.ts';
import type { ErrorReply, Issue } from '../../../contract/errors.ts';
import type { FilterGroup } from '../../../contract/filter.ts';
import type { InputColumns, NodeDefinition } from '../../../contract/node.ts';
import type { Plan } from '../../../contract/schedule.ts';
import type { Cell, Column } from '../../../contract/types.ts';
import type { WorkflowNode } from '../../../contract/workflow.ts';

/** `nodes/<type>/Panel.tsx` exports one as default. Without it, the form of the definition is drawn. */
export type NodePanel<Config = Record<string, unknown>> = ComponentType<PanelProps<Config>>;

export interface PanelProps<Config = Record<string, unknown>> {
  definition: NodeDefinition<Record<string, unknown>>;
  node: WorkflowNode;
  /** The config with defaults filled in. */
  config: Config;
  /** Replaces the config; one call is one step of undo. Steps with the same `coalesce` text in a row become one (typing). */
  onChange(config: Config, coalesce?: string): void;
  readOnly: boolean;
  context: PanelContext;
}

/** The state of something that is fetched: exactly one of the three is set. */
export interface Loaded<T> {
  data: T | null;
  error: ErrorReply | null;
  loading: boolean;
  reload(): void;
}

export interface PanelContext {
  /** Connections that can do something, for example `crm`. */
  useConnections(capability: string): Loaded<{ name: string; label: string; kind: string; verified: boolean | null }[]>;
  useObjects(connection: string | null): Loaded<RemoteObject[]>;
  useFields(connection: string | null, object: string | null): Loaded<RemoteObjectDetails>;
  /** What arrives at the node, as far as it is known while drawing. */
  useColumns(): InputColumns[];
  /** Labels of the workflow's nodes by id. */
  useNodeNames(): ReadonlyMap<string, string>;
  /** First rows of an inbound transition in the last run; null where there is none. */
  useRows(fromNode: string, port: string): Loaded<{ columns: Column[]; rows: Cell[][]; total: number } | null>;
  useLocalTables(): Loaded<{ name: string; columns: Column[]; key: string[]; rows: number }[]>;
  usePreview(): {
    run(request: { connection: string; object: string; fields: string[]; filter: FilterGroup }): void;
    result: Loaded<{ query: string; count: number; columns: Column[]; rows: Cell[][] } | null>;
  };
  useOption(name: string | null): Loaded<{ name: string; value: string; updatedAt: string; updatedBy: string } | null>;
  useNextInstants(plan: Plan | null, timeZone: string): Loaded<{ at: string; local: string }[]>;
  /** Problems of this node; with a path, those at or below that path of the config. */
  useIssues(path?: string): Issue[];
  /** Something at or below the path is still to be filled in, on a node too new to call that a problem: mark it as required. */
  useMissing(path: string): boolean;
  workflow: { internalName: string; label: string; timeZone: string };
  openOption(name: string): void;
  openConnections(): void;
}
