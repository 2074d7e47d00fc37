import type { Cell } from '../../contract/types.ts';
import type { TableWriter } from './run.ts';

type AppendOptions = Parameters<TableWriter['append']>[1];

/**
 * Writes one page while the next one is fetched: one is on its way at most, and a position is never written before the
 * rows it stands behind. What fails is thrown by the next call.
 */
export class WriteBehind {
  readonly #writer: TableWriter;
  #underWay: Promise<{ failed: unknown } | null> = Promise.resolve(null);

  constructor(writer: TableWriter) {
    this.#writer = writer;
  }

  /** Call `settle` before. */
  begin(rows: Cell[][], options: AppendOptions): void {
    this.#underWay = this.#writer.append(rows, options).then(
      () => null,
      (failed: unknown) => ({ failed }),
    );
  }

  /** Waits for what is under way. */
  async settle(): Promise<void> {
    const outcome = await this.#underWay;
    if (outcome) throw outcome.failed;
  }
}
