/** What went wrong with a file, in the words of the contract. */
import type { ConnectorHost } from '../../contract/connector.ts';

/** `action` stands in the sentence: "may not read a.csv"; `path` is the path within the connection. */
type Explain = (error: unknown, action: string, path: string) => unknown;

export class FileFaults {
  readonly #signal: AbortSignal;
  readonly #explain: Explain;

  constructor({ signal }: Pick<ConnectorHost, 'signal'>, explain: Explain) {
    this.#signal = signal;
    this.#explain = explain;
  }

  /** Of an error; throws the reason of a stop, which may be what made it. */
  of(error: unknown, action: string, path: string): unknown {
    this.#signal.throwIfAborted();
    return this.#explain(error, action, path);
  }

  async during<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.of(error, action, path);
    }
  }
}
