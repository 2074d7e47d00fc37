/** The organisation's clock. Every stamp, session and `Date` header comes from here. */
export class Clock {
  private readonly fixed: boolean;
  private shift: number;

  /** Without `start` the clock is the machine's; with it, it stands still at that instant until it is stepped. */
  constructor(start?: string) {
    this.fixed = start !== undefined;
    this.shift = start === undefined ? 0 : parseInstant(start);
  }

  /** Milliseconds since 1970. */
  now(): number {
    return (this.fixed ? 0 : Date.now()) + this.shift;
  }

  /** Whole seconds since 1970: the resolution of every stored stamp. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  advance(seconds: number): void {
    this.shift += seconds * 1000;
  }

  set(instant: string): void {
    this.shift += parseInstant(instant) - this.now();
  }

  describe(): { now: string; mode: 'running' | 'fixed' } {
    return { now: new Date(this.now()).toISOString(), mode: this.fixed ? 'fixed' : 'running' };
  }
}

/** Milliseconds of an ISO instant. Throws RangeError when the text is none. */
export function parseInstant(text: string): number {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new RangeError(`"${text}" is not an instant such as 2026-06-02T08:00:00Z`);
  return instant;
}
