/**
 * What a node's panel sees of the editor. Panels never fetch: they use the hooks of this context, so that the same panel
 * works for a draft, for a past run (read-only) and in a test.
 */
import type { ComponentType } from 'react';
import type { RemoteObject, RemoteObjectDetails } from '../../../contract/connector.ts';
import type { DataExtension, ExtensionEntry } from '../../../contract/dataExtension.ts';
import type { ErrorReply, Issue } from '../../../contract/errors.ts';
import type { FilterGroup } from '../../../contract/filter.ts';
import type { InputColumns, NodeDefinition } from '../../../contract/node.ts';
import type { Plan } from '../../../contract/schedule.ts';
import type { SentSummary } from '../../../contract/sent.ts';
import type { Cell, Column, ColumnType } from '../../../contract/types.ts';
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

export interface PreviewRequest {
  connection: string;
  object: string;
  fields: string[];
  filter: FilterGroup;
  orderBy?: { field: string; direction: 'asc' | 'desc' }[];
  everything?: boolean;
  /** Only what changed by that field, from there (ISO; null: ever) until now. */
  since?: { field: string; from: string | null };
}

/** A data extension as it is before anything is written to it. */
export interface ExtensionSeen extends DataExtension {
  /** Null where that is not told. */
  rows: number | null;
  /** What a new column is made as, by the type of its values. */
  created: Record<ColumnType, string>;
}

/** What a person does in the outside system, filled in with the settings of the connection. */
export interface GuideSeen {
  title: string;
  steps: { text: string; copy: string[] }[];
}

export interface OptionSeen {
  name: string;
  value: string;
  updatedAt: string;
  updatedBy: string;
}

export interface OptionChangeSeen {
  at: string;
  by: string;
  /** The run that made it; null: a person. */
  runId: string | null;
  old: string | null;
  new: string | null;
}

/** Changes of options by the person at the panel. Each resolves to whether it was made; if not, `error` says why. */
export interface OptionChanges {
  /** Whether the person's role allows any. */
  allowed: boolean;
  error: ErrorReply | null;
  /** `expected` is the value that the person has seen; null: there was none. */
  set(name: string, value: string, expected: string | null): Promise<boolean>;
  remove(name: string): Promise<boolean>;
  /** To a name that no option has; `keep` leaves the old one as it is. */
  move(name: string, to: string, keep: boolean): Promise<boolean>;
}

export interface ConnectionSeen {
  name: string;
  label: string;
  kind: string;
  capabilities: readonly string[];
  /** null: nobody has tried. */
  verified: boolean | null;
}

export interface PanelContext {
  /** Connections that can do something, for example `crm`. */
  useConnections(capability: string): Loaded<ConnectionSeen[]>;
  useObjects(connection: string | null): Loaded<RemoteObject[]>;
  useFields(connection: string | null, object: string | null): Loaded<RemoteObjectDetails>;
  /** Data extensions of Marketing Cloud; "reload" asks Marketing Cloud itself. */
  useExtensions(connection: string | null): Loaded<ExtensionEntry[]>;
  useExtension(connection: string | null, key: string | null): Loaded<ExtensionSeen>;
  /** Null where the connection has none. */
  useGuide(connection: string | null): GuideSeen | null;
  /** What arrives at the node, as far as it is known while drawing. */
  useColumns(): InputColumns[];
  /** Labels of the workflow's nodes by id. */
  useNodeNames(): ReadonlyMap<string, string>;
  /** Of those that rows can reach from this node, itself left out. */
  useNodesBehind(): ReadonlyMap<string, string>;
  /** What the node was last sent, by target, and a way to forget it; null: the person may not. */
  useSent(): Loaded<SentSummary[]> & { forget: (() => Promise<void>) | null };
  /** First rows of an inbound transition in the last run; null where there is none. */
  useRows(fromNode: string, port: string): Loaded<{ columns: Column[]; rows: Cell[][]; total: number } | null>;
  /** All other workflows by label. */
  useWorkflows(): Loaded<{ name: string; label: string; published: boolean }[]>;
  /** Internal names of all workflows. */
  useWorkflowNames(): Loaded<string[]>;
  /** Names of the nodes of this drawing, as `activityName` gives them. */
  useActivityNames(): ReadonlySet<string>;
  useLocalTables(): Loaded<{ name: string; columns: Column[]; key: string[]; rows: number }[]>;
  usePreview(): {
    run(request: PreviewRequest): void;
    result: Loaded<{ query: string; count: number; columns: Column[]; rows: Cell[][] } | null>;
  };
  /** How many records a read would give; asked anew when the request changes, not at all while it is null. */
  useRecordCount(request: PreviewRequest | null): Loaded<number>;
  /** All options of the instance. */
  useOptions(): Loaded<OptionSeen[]>;
  useOption(name: string | null): Loaded<OptionSeen | null>;
  /** Every change of an option that exists, newest first. */
  useOptionHistory(name: string | null): Loaded<OptionChangeSeen[]>;
  useOptionChange(): OptionChanges;
  useNextInstants(plan: Plan | null, timeZone: string): Loaded<{ at: string; local: string }[]>;
  /** Problems of this node; with a path, those at or below that path of the config. */
  useIssues(path?: string): Issue[];
  /** Something at or below the path is still to be filled in, on a node too new to call that a problem: mark it as required. */
  useMissing(path: string): boolean;
  workflow: { internalName: string; label: string; timeZone: string };
  openOption(name: string): void;
  openRun(id: string): void;
  openConnections(): void;
  openWorkflow(name: string): void;
}
