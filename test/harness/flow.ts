/** A workflow on its way to a run, and the run as tests ask it. */
import { checkWorkflow } from '../../contract/check.ts';
import type { ErrorReply, Issue } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { RunState, TaskState, TaskSummary } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { Cell, Column, Json } from '../../contract/types.ts';
import type { Workflow, WorkflowSettings } from '../../contract/workflow.ts';
import type { TableBatch } from '../../nodes/kit/run.ts';
import { nowText } from '../../server/db/clock.ts';
import { createIds } from '../../server/db/ids.ts';
import { inRun, inTransaction } from '../../server/db/transaction.ts';
import { stopRun, wakeRun } from '../../server/runs/commands.ts';
import { createRun } from '../../server/runs/createRun.ts';
import { listEvents } from '../../server/runs/events.ts';
import type { RunDetail } from '../../server/runs/readRuns.ts';
import { readRunDetail } from '../../server/runs/readRuns.ts';
import type { TestEngine } from './engine.ts';
import type { Interruption, Watch } from './interruptions.ts';
import { putRows, rowsNode } from './rowsNode.ts';
import type { FlowNode, FlowNodes } from './workflow.ts';
import { drawWorkflow } from './workflow.ts';

interface Drawing {
  nodes: FlowNodes;
  arrows: readonly string[];
  settings?: WorkflowSettings;
}

export class Flow {
  readonly #engine: TestEngine;
  readonly #internalName: string;
  readonly #drawing: Drawing;

  constructor(engine: TestEngine, internalName: string, drawing: Drawing) {
    this.#engine = engine;
    this.#internalName = internalName;
    this.#drawing = drawing;
  }

  /** Adds a node that gives these rows. A column without a label is labelled by its name. */
  withRows(name: string, columns: readonly (Omit<Column, 'label'> & { label?: string })[], rows: Cell[][]): Flow {
    const labelled = columns.map((column) => ({ label: column.name, ...column }));
    const id = putRows({ columns: labelled, rows });
    return this.change((nodes) => ({ [name]: { type: rowsNode.definition.type, config: { id } }, ...nodes }));
  }

  change(edit: (nodes: FlowNodes) => FlowNodes): Flow {
    return new Flow(this.#engine, this.#internalName, { ...this.#drawing, nodes: edit(this.#drawing.nodes) });
  }

  /** The same with some of a node's properties replaced. */
  with(name: string, properties: Partial<FlowNode>): Flow {
    return this.change((nodes) => {
      const node = nodes[name];
      if (!node) throw new Error(`There is no node ${name}.`);
      return { ...nodes, [name]: { ...node, ...properties } };
    });
  }

  /** The first attempt of the node dies there; the engine tries again at once. */
  interrupted(node: string, interruption: Interruption): Flow {
    return this.watched(node, { interruption }).with(node, { retry: { attempts: 3, delay: 0, maxDelay: 0 } });
  }

  watched(node: string, watch: Watch): Flow {
    this.#engine.watches.set(`${this.#internalName}.${node}`, watch);
    return this;
  }

  workflow(): Workflow {
    const { nodes, arrows, settings } = this.#drawing;
    const names = { internalName: this.#internalName, ...(settings ? { settings } : {}) };
    return drawWorkflow(this.#engine.parts.catalog.definitions, nodes, arrows, names);
  }

  /** What the editor would list. */
  problems(): Issue[] {
    return checkWorkflow(this.workflow(), this.#engine.parts.catalog.definitions);
  }

  async started(): Promise<Run> {
    const { db, catalog } = this.#engine.parts;
    const { clock } = this.#engine;
    const host = { catalog: catalog.definitions, newId: createIds(clock), at: nowText(clock) };
    const origin = { kind: 'manual', by: 'test' } as const;
    const request = { workflow: this.workflow(), workflowId: null, version: null, origin };
    const { id } = await inTransaction(db, (tx) => createRun(tx, host, request));
    this.#engine.nudge();
    return new Run(this.#engine, id);
  }

  async finished(): Promise<RunView> {
    return (await this.started()).finished();
  }
}

/** A run under way. */
export class Run {
  readonly id: string;
  readonly #engine: TestEngine;

  constructor(engine: TestEngine, id: string) {
    this.#engine = engine;
    this.id = id;
  }

  /** As it is at this moment. */
  async now(): Promise<RunView> {
    return RunView.read(this.#engine, this.id);
  }

  /** When it has ended, however. */
  finished(): Promise<RunView> {
    return this.#until('its end', (view) => isFinal(view.state));
  }

  /** When a task of the node is in that state. */
  reached(node: string, state: TaskState): Promise<RunView> {
    return this.#until(`${node} to be ${state}`, (view) => view.tasks(node).some((task) => task.state === state));
  }

  async stop(): Promise<void> {
    const { db } = this.#engine.parts;
    await inRun(db, this.id, (tx) => stopRun(tx, this.id, nowText(this.#engine.clock)));
    this.#engine.nudge();
    this.#engine.changed();
  }

  /** Executes now what waits. */
  async wake(): Promise<void> {
    const { db } = this.#engine.parts;
    await inRun(db, this.id, (tx) => wakeRun(tx, this.id, nowText(this.#engine.clock)));
    this.#engine.nudge();
  }

  async #until(what: string, holds: (view: RunView) => boolean): Promise<RunView> {
    let last = '';
    const look = async (): Promise<RunView | null> => {
      const view = await this.now();
      if (holds(view)) return view;
      last = view.describe();
      if (isFinal(view.state)) throw new Error(`The run ended before ${what}: ${last}`);
      return null;
    };
    return this.#engine.watch(look, () => `The run waited for ${what} in vain: ${last}`);
  }
}

/** A run at one moment. */
export class RunView {
  readonly detail: RunDetail;
  readonly #engine: TestEngine;
  readonly #logs: Map<string, string[]>;

  private constructor(engine: TestEngine, detail: RunDetail, logs: Map<string, string[]>) {
    this.#engine = engine;
    this.detail = detail;
    this.#logs = logs;
  }

  static async read(engine: TestEngine, id: string): Promise<RunView> {
    const { db } = engine.parts;
    const detail = await readRunDetail(db, id);
    const logs = new Map<string, string[]>();
    for (const event of await listEvents(db, id, 0, 100_000)) {
      if (event.type !== 'task.log') continue;
      logs.set(event.nodeId, [...(logs.get(event.nodeId) ?? []), ...event.lines.map((line) => line.message)]);
    }
    return new RunView(engine, detail, logs);
  }

  get state(): RunState {
    return this.detail.state;
  }

  describe(): string {
    const tasks = this.detail.tasks.map((task) => `${task.nodeId} ${task.state} ${task.error?.message ?? ''}`.trim());
    return `${this.state} (${tasks.join(', ')}) ${this.error?.message ?? ''}`.trim();
  }

  get error(): ErrorReply | null {
    return this.detail.error;
  }

  get instanceVars(): Record<string, Json> {
    return this.detail.instanceVars;
  }

  tasks(node: string): TaskSummary[] {
    return this.detail.tasks.filter((task) => task.nodeId === node);
  }

  /** The latest task of the node. */
  task(node: string): TaskSummary {
    const task = this.tasks(node).at(-1);
    if (!task) throw new Error(`The run did not reach the node ${node}.`);
    return task;
  }

  vars(node: string): Record<string, Json> {
    return this.task(node).vars;
  }

  log(node: string): string[] {
    return this.#logs.get(node) ?? [];
  }

  /** Rows by "node.port", of the ports that were taken; null without rows. */
  get counts(): Record<string, number | null> {
    return Object.fromEntries(
      this.detail.tasks.flatMap(({ nodeId, outputs }) =>
        Object.entries(outputs).map(([port, { count }]) => [`${nodeId}.${port}`, count]),
      ),
    );
  }

  output(place: string): TaskSummary['outputs'][string] | undefined {
    const [node = '', ...port] = place.split('.');
    return this.task(node).outputs[port.join('.')];
  }

  table(place: string): TableRef {
    const table = this.output(place)?.table;
    if (!table) throw new Error(`Nothing with rows left by ${place}.`);
    return table;
  }

  async rows(place: string): Promise<Record<string, Cell>[]> {
    const table = this.table(place);
    const batches = await this.#read(table);
    return batches.flatMap((batch) =>
      batch.rows.map((row) => Object.fromEntries(batch.columns.map((name, index) => [name, row[index] ?? null]))),
    );
  }

  /** The identities of the rows, in their order. */
  async rids(place: string): Promise<string[]> {
    return (await this.#read(this.table(place))).flatMap((batch) => batch.rids);
  }

  async #read(table: TableRef): Promise<TableBatch[]> {
    const batches: TableBatch[] = [];
    for await (const batch of this.#engine.parts.stores.run(this.detail.id).read(table, {})) batches.push(batch);
    return batches;
  }
}
