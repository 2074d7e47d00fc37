import { batchText, columnOf, largestBatch, locate } from './columns.ts';
import { guessColumns, usesWholeRecords } from './guess.ts';
import type { ScriptRequest } from './types.ts';

type Rows = unknown[][];

const nothing: NonNullable<ScriptRequest['input']> = { columns: [], next: async () => null };

/** Hands out a script's input in batches, the next one being read while the present one is worked on. */
export class ScriptInput {
  readonly columns: string[];
  readonly #next: () => Promise<Rows | null>;
  readonly #wanted: { sent: string[]; at: number[] };
  #ahead: Promise<Rows | null> | undefined;
  #rest: Rows = [];
  #rows: Rows = [];
  #id = 0;

  constructor(request: ScriptRequest) {
    const { columns, next } = request.input ?? nothing;
    this.columns = columns;
    this.#next = next;
    const guessed = new Set([...guessColumns(request.source, columns), ...(request.emit?.columns ?? [])]);
    const isWhole = usesWholeRecords(request.source);
    this.#wanted = locate(isWhole ? columns : columns.filter((column) => guessed.has(column)), columns);
  }

  /** Text of the next batch, empty at the end. */
  async nextBatch(): Promise<string> {
    while (this.#rest.length === 0) {
      const rows = await (this.#ahead ?? this.#next());
      this.#ahead = undefined;
      if (rows === null) return '';
      this.#rest = rows;
    }
    this.#rows = this.#rest.slice(0, largestBatch);
    this.#rest = this.#rest.slice(largestBatch);
    if (this.#rest.length === 0) this.#readAhead();
    this.#id++;
    return batchText(this.#id, this.#rows, this.#wanted);
  }

  /** Text of a column that was not sent; empty when the batch is not the present one, the only one still here. */
  async column(text: string): Promise<string> {
    const [id, column] = JSON.parse(text) as [number, string];
    return id === this.#id ? JSON.stringify(columnOf(this.#rows, this.columns.indexOf(column))) : '';
  }

  /** Should it fail, the next nextBatch() does: until then nobody waits for it. */
  #readAhead(): void {
    this.#ahead = this.#next();
    this.#ahead.catch(() => undefined);
  }
}
