import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openControl, type Report, slot, type ThreadData } from '../protocol.ts';
import type { Guard } from './guard.ts';

export const threadData = workerData as ThreadData;
export const control = openControl(threadData.control);

export function report(message: Report): void {
  parentPort?.postMessage(message);
}

/** Asks the owner of this thread and blocks until it replies. */
export function callOwner(guard: Guard, name: string, text: string): string {
  const before = Atomics.load(control.slots, slot.reply);
  report({ kind: 'call', name, text });
  guard.wait(() => Atomics.wait(control.slots, slot.reply, before));
  const reply = receiveMessageOnPort(threadData.replies);
  if (!reply) throw new Error('Stopped.');
  return reply.message as string;
}
