import type { Clock } from '../kit/clock.ts';
import { ApiError } from './errors.ts';

const HOURS = 24;

/** Counts API calls over a rolling day. */
export class Usage {
  max: number;
  private readonly clock: Clock;
  private readonly hours = new Map<number, number>();
  private all = 0;

  constructor(clock: Clock, max: number) {
    this.clock = clock;
    this.max = max;
  }

  /** Calls in the last 24 hours. */
  get used(): number {
    const first = this.hour() - HOURS + 1;
    let used = 0;
    for (const [hour, calls] of this.hours) {
      if (hour < first) this.hours.delete(hour);
      else used += calls;
    }
    return used;
  }

  /** Calls since the start. */
  get total(): number {
    return this.all;
  }

  get header(): string {
    return `api-usage=${this.used}/${this.max}`;
  }

  /** Counts a call. Throws when the day's calls are used up. */
  count(): void {
    if (this.used >= this.max) throw requestLimit();
    const hour = this.hour();
    this.hours.set(hour, (this.hours.get(hour) ?? 0) + 1);
    this.all++;
  }

  private hour(): number {
    return Math.floor(this.clock.seconds() / 3600);
  }
}

function requestLimit(): ApiError {
  return new ApiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
}
