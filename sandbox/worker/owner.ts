import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openControl, type Reply, type Report, slot, type ThreadData } from '../protocol.ts';
import type { Guard } from './guard.ts';

export const threadData = workerData as ThreadData;
export const control = openControl(threadData.control);

export function report(message: Report): void {
  parentPort?.postMessage(message);
}

let calls = 0;

/**
 * Asks the owner of this thread and blocks until it replies. Replies carry the number of their call: one to a task that
 * was stopped meanwhile may come late, and must not be taken for the next one's.
 */
export function callOwner(guard: Guard, name: string, text: string): string {
  const id = ++calls;
  report({ kind: 'call', id, name, text });
  for (;;) {
    const seen = Atomics.load(control.slots, slot.reply);
    const reply = findReply(id);
    if (reply) return reply.text;
    if (Atomics.load(control.slots, slot.stop) === 1) throw new Error('Stopped.');
    guard.wait(() => Atomics.wait(control.slots, slot.reply, seen));
  }
}

function findReply(id: number): Reply | undefined {
  for (;;) {
    const received = receiveMessageOnPort(threadData.replies) as { message: Reply } | undefined;
    if (!received || received.message.id === id) return received?.message;
  }
}
