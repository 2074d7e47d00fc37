/** What requests are let in with: a session or a token, asked for when it is first needed, and anew where it is refused. */
import { UserError } from '../../contract/errors.ts';

/** An answer says that the session or token is not good any more: another is asked for, then the request is sent again. */
export class AccessOver extends Error {
  override readonly name = 'AccessOver';
}

export class Access<A> {
  readonly #ask: () => Promise<A>;
  readonly #isOld: (access: A) => boolean;
  /** As the outside system calls it. */
  readonly #word: 'session' | 'token';
  #current: A | null = null;
  #asking: Promise<A> | null = null;

  constructor(word: 'session' | 'token', ask: () => Promise<A>, isOld: (access: A) => boolean = () => false) {
    this.#word = word;
    this.#ask = ask;
    this.#isOld = isOld;
  }

  /** One request for it, however many wait. A failure is not kept. */
  get(): Promise<A> {
    if (this.#current !== null && !this.#isOld(this.#current)) return Promise.resolve(this.#current);
    this.#asking ??= this.#ask()
      .then((access) => {
        this.#current = access;
        return access;
      })
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }

  /** It was refused. One that came in its place meanwhile stays. */
  drop(access: A): void {
    if (this.#current === access) this.#current = null;
  }

  /** Renewed once per refused request. Rejects with UserError CONNECTION_REFUSED where the new one is refused as well. */
  async use<T>(call: (access: A) => Promise<T>, get: () => Promise<A> = () => this.get()): Promise<T> {
    const first = await get();
    try {
      return await call(first);
    } catch (error) {
      if (!(error instanceof AccessOver)) throw error;
      this.drop(first);
    }
    const renewed = await get();
    try {
      return await call(renewed);
    } catch (error) {
      if (!(error instanceof AccessOver)) throw error;
      const reason = `a new ${this.#word} was refused at once (${error.message})`;
      throw new UserError('CONNECTION_REFUSED', { reason }, { cause: error });
    }
  }
}
