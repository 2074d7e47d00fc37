import type { SandboxLog } from '../types.ts';

const mostCharacters = 4_000_000;

/** Keeps so many lines, and so much text, and counts the rest. */
export class LogBook {
  readonly #limit: number;
  readonly #keep: (log: SandboxLog) => void;
  #kept = 0;
  #characters = 0;
  #leftOut = 0;

  constructor(limit: number, keep: (log: SandboxLog) => void) {
    this.#limit = limit;
    this.#keep = keep;
  }

  add(log: SandboxLog): void {
    if (this.#kept >= this.#limit || this.#characters + log.message.length > mostCharacters) {
      this.#leftOut++;
      return;
    }
    this.#kept++;
    this.#characters += log.message.length;
    this.#keep(log);
  }

  /** Says how many lines were not kept. */
  close(): void {
    if (this.#leftOut === 0) return;
    this.#keep({ level: 'warning', message: `${this.#leftOut} further log lines were left out.` });
    this.#leftOut = 0;
  }
}
