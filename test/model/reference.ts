/**
 * The rules of a run, once more and as plainly as they can be said: one task after the other, nothing stored. What the
 * engine makes of a drawing is compared with what this makes of it.
 */
import type { Drawing, DrawnNode, Visit } from './drawing.ts';
import { arrowId, loopBound, rejectRows, visitOf } from './drawing.ts';

type State = 'pending' | 'waiting' | 'succeeded' | 'failed' | 'ignored' | 'stopped';

interface Task {
  no: number;
  node: DrawnNode;
  pass: number;
  state: State;
  /** When it may run: steps of the clock. */
  due: number;
  /** Waits that are over, and failures that were tried again. */
  waits: number;
  retries: number;
  /** The activations that made it. */
  from: Token[];
  ways: ReadonlySet<Task>;
}
interface Token {
  arrow: string;
  port: string;
  by: Task;
}

/** What a run came to. Tasks and transitions are counted, since their order is nobody's promise. */
export interface Story {
  state: 'succeeded' | 'succeeded with rejects' | 'failed';
  rejects: number;
  /** `n3 succeeded`, `n4 failed` …, each with how many tasks. */
  tasks: Record<string, number>;
  /** Activations by arrow. */
  arrows: Record<string, number>;
}

/** Chooses which of the tasks that may run comes next. */
export type Choice = (ready: readonly { no: number; due: number; node: { id: string } }[]) => number;
export const inOrder: Choice = () => 0;

/** null when more than `most` tasks come of it. */
export function tellStory(drawing: Drawing, choose: Choice = inOrder, most = 150): Story | null {
  const run = new Run(drawing);
  run.begin();
  for (let ready = run.ready(); ready.length > 0; ready = run.ready()) {
    if (run.size > most) return null;
    const next = ready[choose(ready)];
    if (next) run.step(next);
  }
  return run.story();
}

class Run {
  readonly #nodes: readonly DrawnNode[];
  readonly #tasks: Task[] = [];
  readonly #tokens = new Map<string, Token[]>();
  readonly #arrows: Record<string, number> = {};
  #now = 0;
  #failing = false;

  constructor(drawing: Drawing) {
    this.#nodes = drawing.nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  get size(): number {
    return this.#tasks.length;
  }

  begin(): void {
    const reached = new Set(this.#nodes.flatMap((node) => node.arrows.map(({ to }) => to)));
    for (const node of this.#nodes) if (!reached.has(node.id) && !node.disabled) this.#make(node, []);
  }

  /** Tasks that may run now, first due first. Nothing due: the clock goes to the next instant at which something is. */
  ready(): Task[] {
    const open = this.#open();
    if (open.length === 0) return [];
    this.#now = Math.max(this.#now, Math.min(...open.map((task) => task.due)));
    return open.filter((task) => task.due <= this.#now).sort((a, b) => a.due - b.due || a.no - b.no);
  }

  step(task: Task): void {
    const visit = visitOf(task.node, task.pass);
    if (task.waits < visit.waits.length) {
      task.state = 'waiting';
      task.due = this.#now + (visit.waits[task.waits] ?? 0);
      task.waits += 1;
    } else if (task.retries < visit.retries && task.retries + 1 < task.node.attempts) {
      task.state = 'pending';
      task.due = this.#now;
      task.retries += 1;
      return;
    } else if (visit.takes === null || task.retries < visit.retries) {
      this.#fail(task);
    } else {
      task.state = 'succeeded';
      this.#activate(task, visit.takes);
    }
    this.#fireJoins();
  }

  story(): Story {
    const rejects = this.#tasks.filter((task) => this.#hasOpenRejects(task)).length * rejectRows;
    const calm = rejects > 0 ? 'succeeded with rejects' : 'succeeded';
    return {
      state: this.#failing ? 'failed' : calm,
      rejects,
      tasks: countWords(this.#tasks.map((task) => `${task.node.id} ${task.state}`)),
      arrows: this.#arrows,
    };
  }

  #open(): Task[] {
    return this.#tasks.filter(({ state }) => state === 'pending' || state === 'waiting');
  }

  #fail(task: Task): void {
    const { onError } = task.node;
    task.state = onError === 'ignore' ? 'ignored' : 'failed';
    if (onError === 'fail') this.#end();
    if (onError === 'transition') this.#activate(task, ['error']);
  }

  #end(): void {
    this.#failing = true;
    for (const task of this.#open()) task.state = 'stopped';
  }

  #activate(task: Task, ports: readonly string[]): void {
    let refused = false;
    for (const port of ['success', 'other', 'reject', 'error'].filter((one) => ports.includes(one))) {
      for (const arrow of task.node.arrows
        .filter((one) => one.port === port)
        .sort((a, b) => (arrowId(task.node, a) < arrowId(task.node, b) ? -1 : 1))) {
        const id = arrowId(task.node, arrow);
        const token = { arrow: id, port, by: task };
        this.#arrows[id] = (this.#arrows[id] ?? 0) + 1;
        const target = this.#node(arrow.to);
        if (target.disabled) continue;
        if (target.waitsForAll) this.#tokens.set(target.id, [...(this.#tokens.get(target.id) ?? []), token]);
        else refused = !this.#make(target, [token]) || refused;
      }
    }
    if (refused) this.#end();
  }

  /** Gives false when the node lies on its own way once too often: then the task is made as a failure. */
  #make(node: DrawnNode, from: Token[]): boolean {
    const ways = new Set(from.flatMap(({ by }) => [by, ...by.ways]));
    const turns = [...ways].filter((task) => task.node === node).length;
    const pass = this.#tasks.filter((task) => task.node === node).length + 1;
    const state = turns >= loopBound ? 'failed' : 'pending';
    this.#tasks.push({ no: this.#tasks.length, node, pass, state, due: this.#now, waits: 0, retries: 0, from, ways });
    return state !== 'failed';
  }

  #fireJoins(): void {
    for (let join = this.#nextJoin(); join; join = this.#nextJoin()) {
      const queue = this.#tokens.get(join.id) ?? [];
      const taken = this.#inbound(join).flatMap(({ id }) => queue.find((token) => token.arrow === id) ?? []);
      const left = queue.filter((token) => !taken.includes(token));
      if (left.length > 0) this.#tokens.set(join.id, left);
      else this.#tokens.delete(join.id);
      if (!this.#make(join, taken)) this.#end();
    }
  }

  #nextJoin(): DrawnNode | undefined {
    if (this.#failing) return undefined;
    const joins = this.#nodes.filter((node) => this.#tokens.has(node.id));
    const alive = this.#open().map((task) => task.node.id);
    const free = joins.find((join) => {
      const others = joins.filter((other) => other !== join).map((other) => other.id);
      const reached = this.#reach([...alive, ...others]);
      const queue = this.#tokens.get(join.id) ?? [];
      return this.#inbound(join).every(
        ({ id, from }) => queue.some((token) => token.arrow === id) || from.disabled || !reached.has(from.id),
      );
    });
    return free ?? (alive.length === 0 ? joins[0] : undefined);
  }

  #inbound(join: DrawnNode): { id: string; from: DrawnNode }[] {
    const all = this.#nodes.flatMap((from) =>
      from.arrows.filter(({ to }) => to === join.id).map((arrow) => ({ id: arrowId(from, arrow), from })),
    );
    return all.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #reach(starts: readonly string[]): Set<string> {
    const seen = new Set(starts);
    for (const id of seen) {
      const node = this.#node(id);
      if (!node.disabled) for (const { to } of node.arrows) seen.add(to);
    }
    return seen;
  }

  #node(id: string): DrawnNode {
    const found = this.#nodes.find((node) => node.id === id);
    if (!found) throw new Error(`There is no node ${id}.`);
    return found;
  }

  /** Rejects are settled by a later task of the same node that descends from them. */
  #hasOpenRejects(task: Task): boolean {
    if (task.state !== 'succeeded' || !takesRejects(visitOf(task.node, task.pass))) return false;
    return !this.#tasks.some((later) => later.node === task.node && descends(later, task));
  }
}

const takesRejects = (visit: Visit): boolean => visit.takes?.includes('reject') ?? false;

/** Through an activation of one of the ports for trouble. */
function descends(later: Task, task: Task): boolean {
  return later.from.some(
    ({ by, port }) => (by === task && (port === 'reject' || port === 'error')) || descends(by, task),
  );
}

/** How often each word stands in the list. */
export function countWords(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
