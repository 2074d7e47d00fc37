import { parentPort } from 'node:worker_threads';
import type { OpenSession, Task } from '../protocol.ts';
import type { SandboxLog } from '../types.ts';
import { Guard } from './guard.ts';
import { control, report, threadData } from './owner.ts';
import { standStillAt } from './realm.ts';
import { Session } from './sessions.ts';
import { runEvaluate, runScript } from './tasks.ts';
import { type Answer, Vm } from './vm.ts';

const usualMemoryMb = 64;
const guard = new Guard(control);
const sessions = new Map<number, Session>();

/** A module takes milliseconds to make, so some are made while the thread has nothing else to do. */
const spares: Promise<Vm>[] = [];
const spareCount = 3;

const makeVm = (memoryMb: number): Promise<Vm> => Vm.create(threadData.wasm, memoryMb, guard);

/** One at a time: a task that arrives meanwhile comes first. */
async function makeSpares(): Promise<void> {
  if (spares.length >= spareCount) return;
  const vm = makeVm(usualMemoryMb);
  spares.push(vm);
  await vm;
  setImmediate(makeSpares);
}

async function takeVm(memoryMb: number): Promise<Vm> {
  setImmediate(makeSpares);
  const spare = memoryMb === usualMemoryMb ? spares.shift() : undefined;
  return spare ?? makeVm(memoryMb);
}

function done(answer: Answer, logs: SandboxLog[], open = false, record = -1): void {
  report({ kind: 'done', text: answer.ok ? answer.text : JSON.stringify(answer), logs, open, record });
}

async function openSession(id: number, open: OpenSession): Promise<Answer> {
  const session = new Session(await takeVm(open.limits.memoryMb), guard, open);
  standStillAt(open.now);
  const answer = session.start();
  if (answer.ok && !session.spoiled) sessions.set(id, session);
  return answer;
}

async function runBatch(task: Extract<Task, { kind: 'batch' }>): Promise<void> {
  const opened = task.open ? await openSession(task.session, task.open) : undefined;
  const session = sessions.get(task.session);
  if (!session) return done(opened ?? { ok: false, reason: 'lost', message: 'The session is gone.' }, []);
  standStillAt(session.open.now);
  const [answer, logs] = session.run(task);
  if (!answer.ok || session.spoiled) sessions.delete(task.session);
  done(answer, logs, sessions.has(task.session), session.record);
}

async function handle(task: Task): Promise<void> {
  switch (task.kind) {
    case 'evaluate':
    case 'render': {
      const vm = await takeVm(task.limits.memoryMb);
      standStillAt(task.now);
      return done(...runEvaluate(vm, guard, task));
    }
    case 'script': {
      const vm = await takeVm(task.limits.memoryMb);
      standStillAt(task.now);
      return done(runScript(vm, guard, task), []);
    }
    case 'open': {
      const answer = await openSession(task.session, task.open);
      return done(answer, [], sessions.has(task.session));
    }
    case 'batch':
      return runBatch(task);
    case 'close':
      sessions.delete(task.session);
  }
}

void makeSpares();

let turn: Promise<void> = Promise.resolve();

parentPort?.on('message', (task: Task) => {
  turn = turn.then(() => handle(task));
});
