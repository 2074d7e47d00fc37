/** The command line as a person uses it: the program in a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export class Command {
  readonly child: ChildProcess;
  out = '';
  err = '';
  #heard = Promise.withResolvers<void>();
  readonly #ended: Promise<Ended>;

  constructor(args: readonly string[], environment: Record<string, string> = {}) {
    this.child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.child.stdout?.on('data', (chunk: Buffer) => this.#hear('out', chunk));
    this.child.stderr?.on('data', (chunk: Buffer) => this.#hear('err', chunk));
    this.#ended = once(this.child, 'close').then(([code]) => ({
      code: code as number | null,
      out: this.out,
      err: this.err,
    }));
  }

  #hear(stream: 'out' | 'err', chunk: Buffer): void {
    this[stream] += chunk;
    this.#heard.resolve();
    this.#heard = Promise.withResolvers<void>();
  }

  ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Waits for a text on stdout or stderr, and gives its match. Throws when the program ends without it. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.out) ?? pattern.exec(this.err);
      if (found) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`It ended with ${this.child.exitCode} and did not say ${pattern}:\n${this.out}\n${this.err}`);
      await Promise.race([this.#heard.promise, this.#ended]);
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.#ended;
  }
}

/** Runs a command to its end. */
export function runCommand(...args: string[]): Promise<Ended> {
  return new Command(args).ended();
}
