import { randomBytes } from 'node:crypto';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  RELEASE_SYNC,
} from 'quickjs-emscripten';
import { overdueText } from '../protocol.ts';
import type { SandboxFailure } from '../types.ts';
import type { Guard } from './guard.ts';
import { type Entry, preludeSource } from './prelude.ts';
import { runOn } from './realm.ts';
import { makeString } from './text.ts';

/** JSON text of a good result, or why there is none. */
export type Answer = { ok: true; text: string } | SandboxFailure;

/** Functions that code inside may ask for: JSON text in, text out. What they throw, the code inside sees thrown. */
export type HostFunctions = Record<string, (text: string) => string>;

const stackBytes = 256 * 1024;
const pageBytes = 65_536;
const initialPages = 256;

const failure = (reason: SandboxFailure['reason'], message: string): SandboxFailure => ({ ok: false, reason, message });

/** Text did not go into the module. */
class NoRoom extends Error {}

/** One QuickJS module with memory of its own, the guest's entries in it, and nothing of any earlier user. */
export class Vm {
  readonly memoryMb: number;
  /** After a broken limit of memory or stack, or a trap: not to be used again. */
  spoiled = false;
  hostFunctions: HostFunctions = {};
  readonly #memory: WebAssembly.Memory;
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #guard: Guard;
  readonly #entries: QuickJSHandle;
  readonly #kept = new Map<string, QuickJSHandle>();

  private constructor(memoryMb: number, memory: WebAssembly.Memory, runtime: QuickJSRuntime, guard: Guard) {
    this.memoryMb = memoryMb;
    this.#memory = memory;
    this.#runtime = runtime;
    this.#guard = guard;
    runtime.setMaxStackSize(stackBytes);
    this.#context = runtime.newContext();
    const host = this.#context.newFunction('host', (name, text) => this.#answerGuest(name, text));
    const prelude = this.#context.unwrapResult(this.#context.evalCode(preludeSource, 'prelude.js', { strict: true }));
    this.#entries = this.#context.unwrapResult(this.#context.callFunction(prelude, this.#context.undefined, host));
    runtime.setInterruptHandler(guard.interrupts);
  }

  static async create(wasm: WebAssembly.Module, memoryMb: number, guard: Guard): Promise<Vm> {
    const maximum = Math.max(initialPages, Math.min(16_384, Math.floor((memoryMb * 1024 * 1024) / pageBytes)));
    const memory = new WebAssembly.Memory({ initial: initialPages, maximum });
    const variant = newVariant(RELEASE_SYNC, { wasmModule: wasm, wasmMemory: memory });
    const module = await newQuickJSWASMModuleFromVariant(variant);
    runOn();
    return new Vm(memoryMb, memory, module.newRuntime(), guard);
  }

  /** Compiles the source of a function; what is wrong with it is a failure of reason `syntax`. */
  compile(source: string): { ok: true; value: QuickJSHandle } | SandboxFailure {
    if (source.includes('\0')) return failure('syntax', 'The source contains a NUL character.');
    try {
      if (!this.#hasRoom(source)) throw new NoRoom();
      const result = this.#context.evalCode(source, 'source.js', { type: 'global' });
      if (!result.error) return { ok: true, value: result.value };
      const described = this.#describe(result.error);
      return described.reason === 'error' ? { ...described, reason: 'syntax' } : described;
    } catch (error) {
      return this.#breakDown(error);
    }
  }

  /** Calls an entry; strings are handed over as strings. */
  call(entry: Entry, ...args: (string | number | boolean | QuickJSHandle)[]): Answer {
    const made: QuickJSHandle[] = [];
    try {
      const handles = args.map((arg) => (typeof arg === 'object' ? arg : this.#make(arg, made)));
      const result = this.#context.callFunction(this.#entry(entry), this.#context.undefined, ...handles);
      if (this.#guard.fired) return this.#limitFailure();
      if (result.error) return this.#describe(result.error);
      const text = result.value.consume((handle) => this.#context.getString(handle));
      return text.startsWith('{"ok":false') ? this.#noted(JSON.parse(text)) : { ok: true, text };
    } catch (error) {
      return this.#breakDown(error);
    } finally {
      if (!this.spoiled) for (const handle of made) handle.dispose();
    }
  }

  /** Runs what promises have queued until nothing is left. */
  runJobs(): { ok: true } | SandboxFailure {
    try {
      while (this.#runtime.hasPendingJob()) {
        const result = this.#runtime.executePendingJobs(1000);
        if (this.#guard.fired) return this.#limitFailure();
        if (result.error) return this.#describe(result.error);
      }
      return { ok: true };
    } catch (error) {
      return this.#breakDown(error);
    }
  }

  /**
   * A few bytes that code inside writes and this thread reads, even while that code runs. Their address is not told, so
   * they are made with random content and looked for: a buffer from outside is taken over without a copy.
   */
  makeCell(): { handle: QuickJSHandle; read(): number } {
    const mark = randomBytes(32);
    const handle = this.#context.newArrayBuffer(new Uint8Array(mark).buffer);
    const memory = this.#memory;
    const address = Buffer.from(memory.buffer).indexOf(mark);
    if (address < 0) throw new Error('The bytes of a new buffer are not in the memory of the module.');
    return { handle, read: () => new Int32Array(memory.buffer, address, 1)[0] as number };
  }

  #entry(name: Entry): QuickJSHandle {
    let handle = this.#kept.get(name);
    if (!handle) {
      handle = this.#context.getProp(this.#entries, name);
      this.#kept.set(name, handle);
    }
    return handle;
  }

  #make(value: string | number | boolean, made: QuickJSHandle[]): QuickJSHandle {
    if (typeof value === 'boolean') return value ? this.#context.true : this.#context.false;
    if (typeof value === 'string' && !this.#hasRoom(value)) throw new NoRoom();
    const handle = typeof value === 'string' ? makeString(this.#context, value) : this.#context.newNumber(value);
    made.push(handle);
    return handle;
  }

  /**
   * quickjs-emscripten writes text into the module without asking whether there was room for it, so ask before: for the
   * bytes, and for the string made of them. Small texts would fall into the unused bytes below address 1,024.
   */
  #hasRoom(text: string): boolean {
    if (text.length < 300) return true;
    const size = this.#context.newNumber(6 * text.length + 65_536);
    const result = this.#context.callFunction(this.#entry('hasRoom'), this.#context.undefined, size);
    return !result.error && result.value.consume((handle) => this.#context.getNumber(handle)) === 1;
  }

  #limitFailure(): SandboxFailure {
    if (this.#guard.fired === 'stopped') return failure('stopped', 'Stopped.');
    return failure('timeout', `${overdueText(this.#guard.limitMs)}.`);
  }

  #noted(described: SandboxFailure): SandboxFailure {
    if (described.reason !== 'memory') return described;
    this.spoiled = true;
    return { ...described, message: this.#outOfMemory.message };
  }

  #describe(error: QuickJSHandle): SandboxFailure {
    if (this.#guard.fired) return this.#limitFailure();
    const result = this.#context.callFunction(this.#entry('failure'), this.#context.undefined, error);
    if (this.#guard.fired) return this.#limitFailure();
    if (result.error) throw new NoRoom();
    return this.#noted(JSON.parse(this.#context.getString(result.value)));
  }

  get #outOfMemory(): SandboxFailure {
    return failure('memory', `Out of memory: ${this.memoryMb} MB were not enough.`);
  }

  get #isFull(): boolean {
    return this.#memory.buffer.byteLength >= this.memoryMb * 1024 * 1024 * 0.9;
  }

  /** There was no room, or the module trapped: its state is unknown. */
  #breakDown(error: unknown): SandboxFailure {
    this.spoiled = true;
    if (this.#guard.fired) return this.#limitFailure();
    if (error instanceof RangeError) return failure('stack', 'The code calls itself too deeply.');
    if (error instanceof NoRoom || this.#isFull) return this.#outOfMemory;
    return failure('lost', `The sandbox broke down: ${error instanceof Error ? error.message : String(error)}`);
  }

  #answerGuest(nameHandle: QuickJSHandle, textHandle: QuickJSHandle): QuickJSHandle {
    const reply = this.#replyText(this.#context.getString(nameHandle), this.#context.getString(textHandle));
    return makeString(this.#context, this.#hasRoom(reply) ? reply : '#');
  }

  #replyText(name: string, text: string): string {
    if (name === 'isFull') return `=${this.#isFull}`;
    const answer = Object.hasOwn(this.hostFunctions, name) ? this.hostFunctions[name] : undefined;
    if (!answer) return `!${JSON.stringify(`${name} is not available here.`)}`;
    try {
      return `=${answer(text)}`;
    } catch (error) {
      return `!${JSON.stringify(error instanceof Error ? error.message : String(error))}`;
    }
  }
}
