/** Attempts that die half-way: a call of the context throws, before or after it has taken effect, and the engine tries again. */
import { RetryLater } from '../../contract/errors.ts';
import type { NodeContext, TableWriter } from '../../nodes/kit/run.ts';
import type { Catalog, NodeType } from '../../server/engine/catalog.ts';
import { makeCatalog } from '../../server/engine/catalog.ts';

export const interruptibleCalls = [
  'table',
  'writer',
  'append',
  'finish',
  'count',
  'script',
  'evaluate',
  'render',
  'eachRecord',
  'localTable',
  'queryLocal',
  'ensureLocalTable',
  'once',
  'awaitDelivery',
  'awaited',
  'delivered',
  'keepExport',
] as const;
export type InterruptibleCall = (typeof interruptibleCalls)[number];

export interface Interruption {
  call: InterruptibleCall;
  /** The how manieth of these calls of the first attempt, from 1. */
  number: number;
  when: 'before' | 'after';
}

/** What a test wants to see or do while a node works. By name of the node. */
export interface Watch {
  interruption?: Interruption;
  /** Called before each call of the context, with its name. */
  onCall?(call: InterruptibleCall, context: NodeContext): Promise<void>;
  /** Called when the run of the node has settled. */
  onEnd?(outcome: { error?: unknown }): void;
}

export type Watches = Map<string, Watch>;

/** The same node types; nodes named in `watches` are watched. The key is the run's workflow and the node: "flow_1.dedupe". */
export function watchCatalog(catalog: Catalog, watches: Watches): Catalog {
  const watched = [...catalog.nodes].map(([type, node]): [string, NodeType] => [
    type,
    { ...node, run: (context) => runWatched(node, context, watches) },
  ]);
  return makeCatalog(new Map(watched), catalog.connectors);
}

async function runWatched(node: NodeType, context: NodeContext, watches: Watches) {
  const watch = watches.get(`${context.workflow.internalName}.${context.node.name}`);
  if (!watch) return node.run(context);
  try {
    const result = await node.run(watchContext(context, watch));
    watch.onEnd?.({});
    return result;
  } catch (error) {
    watch.onEnd?.({ error });
    throw error;
  }
}

function watchContext(context: NodeContext, watch: Watch): NodeContext {
  const counts = new Map<InterruptibleCall, number>();
  const around = async <T>(call: InterruptibleCall, work: () => Promise<T>): Promise<T> => {
    const number = (counts.get(call) ?? 0) + 1;
    counts.set(call, number);
    await watch.onCall?.(call, context);
    const due = watch.interruption?.call === call && watch.interruption.number === number && context.task.attempt === 1;
    if (due && watch.interruption?.when === 'before') throw died();
    const result = await work();
    if (due) throw died();
    return result;
  };
  return {
    ...context,
    table: (...args) => around('table', () => context.table(...args)),
    writer: (options) => around('writer', async () => watchWriter(await context.writer(options), around)),
    count: (relation) => around('count', () => context.count(relation)),
    script: (request) => around('script', () => context.script(request)),
    evaluate: (expression) => around('evaluate', () => context.evaluate(expression)),
    render: (template) => around('render', () => context.render(template)),
    eachRecord: (request) => around('eachRecord', () => context.eachRecord(request)),
    localTable: (name) => around('localTable', () => context.localTable(name)),
    queryLocal: (query, read) => around('queryLocal', () => context.queryLocal(query, read)),
    ensureLocalTable: (...args) => around('ensureLocalTable', () => context.ensureLocalTable(...args)),
    once: (step, write) => around('once', () => context.once(step, write)),
    awaitDelivery: (...args) => around('awaitDelivery', () => context.awaitDelivery(...args)),
    awaited: (input) => around('awaited', () => context.awaited(input)),
    delivered: (...args) => around('delivered', () => context.delivered(...args)),
    keepExport: (...args) => around('keepExport', () => context.keepExport(...args)),
  };
}

/** The same object, since the engine knows writers by identity. */
function watchWriter(
  writer: TableWriter,
  around: <T>(call: InterruptibleCall, work: () => Promise<T>) => Promise<T>,
): TableWriter {
  const append = writer.append.bind(writer);
  writer.append = (...args) => around('append', () => append(...args));
  const finish = writer.finish.bind(writer);
  writer.finish = () => around('finish', finish);
  return writer;
}

const died = (): Error => new RetryLater('REMOTE_BUSY', { status: 'dead', reason: 'the attempt died' }, { after: 0 });
