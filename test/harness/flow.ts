/** A workflow on its way to a run, and the run as tests ask it. */
import { checkWorkflow } from '../../contract/check.ts';
import type { Issue } from '../../contract/errors.ts';
import type { RunOrigin, TaskState, TaskSummary } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { Cell, Column, Json } from '../../contract/types.ts';
import type { Workflow, WorkflowSettings } from '../../contract/workflow.ts';
import { serializeWorkflow } from '../../contract/workflow.ts';
import type { Clock } from '../../server/db/clock.ts';
import { nowText } from '../../server/db/clock.ts';
import { createIds } from '../../server/db/ids.ts';
import type { Db, Tx } from '../../server/db/transaction.ts';
import { inRun, inTransaction } from '../../server/db/transaction.ts';
import type { Catalog } from '../../server/engine/catalog.ts';
import { decideTask, stopRun, wakeRun } from '../../server/runs/commands.ts';
import { createRun } from '../../server/runs/createRun.ts';
import { retryRun } from '../../server/runs/retryRun.ts';
import { findHook, keepCall, syncHooks } from '../../server/signals/hooks.ts';
import { keepSignal } from '../../server/signals/signals.ts';
import type { Stores } from '../../server/tables/types.ts';
import type { Interruption, Watch, Watches } from './interruptions.ts';
import { putRows, rowsNode } from './rowsNode.ts';
import { RunView } from './runView.ts';
import type { FlowNode, FlowNodes } from './workflow.ts';
import { drawWorkflow } from './workflow.ts';

/** What flows need of the engine of a test. */
export interface FlowHost {
  readonly clock: Clock;
  readonly watches: Watches;
  readonly parts: { db: Db; stores: Stores; catalog: Catalog };
  nudge(): void;
  changed(): void;
  watch<T>(look: () => Promise<T | null>, what: () => string): Promise<T>;
}

interface Drawing {
  nodes: FlowNodes;
  arrows: readonly string[];
  /** The instant of a schedule that starts it (ISO); left out: a person does. */
  instant?: string;
  settings?: WorkflowSettings;
}

export class Flow {
  readonly #engine: FlowHost;
  readonly #internalName: string;
  readonly #drawing: Drawing;

  constructor(engine: FlowHost, internalName: string, drawing: Drawing) {
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

  /** Started by a schedule, for that instant (ISO). */
  scheduledFor(instant: string): Flow {
    return new Flow(this.#engine, this.#internalName, { ...this.#drawing, instant });
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

  /** With settings of the workflow. */
  under(settings: WorkflowSettings): Flow {
    return new Flow(this.#engine, this.#internalName, { ...this.#drawing, settings });
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
    const { instant } = this.#drawing;
    const origin: RunOrigin = instant ? { kind: 'schedule', by: 'test', instant } : { kind: 'manual', by: 'test' };
    const stored: { id: string } | undefined = await db('workflows').where({ id: this.#internalName }).first('id');
    const request = { workflow: this.workflow(), workflowId: stored?.id ?? null, version: null, origin };
    const { id } = await inTransaction(db, (tx) => createRun(tx, host, request));
    this.#engine.nudge();
    return new Run(this.#engine, id);
  }

  async finished(): Promise<RunView> {
    return (await this.started()).finished();
  }

  /** The same under another name. */
  named(internalName: string): Flow {
    return new Flow(this.#engine, internalName, this.#drawing);
  }

  /** Stored under its name with a published version: what comes from outside finds it. */
  async published(): Promise<this> {
    const { db, catalog } = this.#engine.parts;
    const workflow = this.workflow();
    await inTransaction(db, async (tx) => {
      await storeWorkflow(tx, workflow);
      await syncHooks(tx, catalog.definitions, workflow.internalName, workflow);
    });
    return this;
  }

  /** The run that something else than this test has started, behind another one. */
  async startedRun(before?: Run): Promise<Run> {
    const look = async (): Promise<Run | null> => {
      const rows: { id: string }[] = await this.#engine.parts
        .db('runs')
        .where({ workflow_name: this.#internalName })
        .andWhere('id', '>', before?.id ?? '')
        .orderBy('id', 'desc');
      return rows[0] ? new Run(this.#engine, rows[0].id) : null;
    };
    return this.#engine.watch(look, () => `No run of ${this.#internalName} was started`);
  }

  /** A call of a webhook of the published workflow, as the server stores it. */
  async call(path: string, content: Json): Promise<void> {
    const { db } = this.#engine.parts;
    const { clock } = this.#engine;
    const newId = createIds(clock);
    const call = { body: JSON.stringify(content), signature: newId(), eventId: null, at: clock.now() };
    await inTransaction(db, async (tx) => keepCall(tx, newId, await findHook(tx, path), call));
    this.#engine.nudge();
  }

  /** Sends a signal to the published workflow. */
  async signal(name: string, parameters: Record<string, Json> = {}, complete = true): Promise<void> {
    const { db } = this.#engine.parts;
    const { clock } = this.#engine;
    const sent = { workflowId: this.#internalName, name, parameters, complete, by: 'test', at: clock.now() };
    await inTransaction(db, (tx) => keepSignal(tx, createIds(clock), sent));
    this.#engine.nudge();
  }
}

/** As its published version 1, in place of an earlier one. The id of a stored workflow is its name, unless it is given. */
export async function storeWorkflow(tx: Tx, workflow: Workflow, id = workflow.internalName): Promise<void> {
  const file = serializeWorkflow(workflow);
  const made = { created_at: '', created_by: 'test' };
  const names = { id, internal_name: workflow.internalName, label: workflow.label };
  const version = { workflow_id: id, version: 1, file, note: '', ...made };
  const draft = { draft: file, revision: 1, published_version: 1, ...made, updated_at: '', updated_by: 'test' };
  await tx('workflow_versions').insert(version).onConflict(['workflow_id', 'version']).merge();
  await tx('workflows')
    .insert({ ...names, ...draft })
    .onConflict('id')
    .merge();
}

/** A run under way. */
export class Run {
  readonly id: string;
  readonly #engine: FlowHost;

  constructor(engine: FlowHost, id: string) {
    this.#engine = engine;
    this.id = id;
  }

  /** As it is at this moment. */
  async now(): Promise<RunView> {
    return RunView.read(this.#engine.parts, this.id);
  }

  /** When it has ended, however. */
  finished(): Promise<RunView> {
    return this.#until('its end', (view) => isFinal(view.state));
  }

  /** When a task of the node is in that state. */
  reached(node: string, state: TaskState): Promise<RunView> {
    return this.#until(`${node} to be ${state}`, (view) => view.tasks(node).some((task) => task.state === state));
  }

  /** When the latest task of the node waits after so many attempts. */
  attempted(node: string, attempts: number): Promise<RunView> {
    const waits = ({ state, attempt }: TaskSummary): boolean => state === 'waiting' && attempt >= attempts;
    return this.#until(`${node} to wait again`, (view) => view.tasks(node).some(waits));
  }

  async stop(): Promise<void> {
    const { db } = this.#engine.parts;
    await inRun(db, this.id, (tx) => stopRun(tx, this.id, nowText(this.#engine.clock)));
    this.#engine.nudge();
    this.#engine.changed();
  }

  async retry(): Promise<void> {
    const { db } = this.#engine.parts;
    await inRun(db, this.id, (tx) => retryRun(tx, this.id, nowText(this.#engine.clock)));
    this.#engine.nudge();
  }

  /** Executes now what waits. */
  async wake(): Promise<void> {
    const { db } = this.#engine.parts;
    await inRun(db, this.id, (tx) => wakeRun(tx, this.id, nowText(this.#engine.clock)));
    this.#engine.nudge();
  }

  /** A person answers what the node asks. */
  async decide(node: string, approved: boolean, note = ''): Promise<void> {
    const { db } = this.#engine.parts;
    const taskId = (await this.now()).task(node).id;
    const answer = { taskId, approved, by: 'user:ann', note };
    await inRun(db, this.id, (tx) => decideTask(tx, this.id, nowText(this.#engine.clock), answer));
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
