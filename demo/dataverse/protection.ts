import type { Clock } from '../kit/clock.ts';
import { ODataError } from './errors.ts';
import type { Settings } from './options.ts';

const WINDOW_SECONDS = 300;

/** The service protection limits: requests in a sliding window, and requests at the same time. */
export class Protection {
  most: number;
  mostTogether: number;
  total = 0;
  private readonly clock: Clock;
  private readonly seconds = new Map<number, number>();
  private together = 0;
  /** Refusals in a row: who keeps asking waits longer. */
  private refusals = 0;

  constructor(clock: Clock, { requestsInWindow, concurrentRequests }: Settings) {
    this.clock = clock;
    this.most = requestsInWindow;
    this.mostTogether = concurrentRequests;
  }

  /** Requests of the last five minutes. */
  get used(): number {
    const first = this.clock.seconds() - WINDOW_SECONDS + 1;
    let used = 0;
    for (const [second, count] of this.seconds) {
      if (second < first) this.seconds.delete(second);
      else used += count;
    }
    return used;
  }

  /** Counts a request in; call the answer when it is over. Throws 429. */
  enter(): () => void {
    this.total++;
    if (this.together >= this.mostTogether)
      throw this.refuse('0x80072326', `Number of concurrent requests exceeded the limit of ${this.mostTogether}.`, 2);
    if (this.used >= this.most)
      throw this.refuse(
        '0x80072322',
        `Number of requests exceeded the limit of ${this.most} over time window of ${WINDOW_SECONDS} seconds.`,
        this.untilRoom(),
      );
    const second = this.clock.seconds();
    this.seconds.set(second, (this.seconds.get(second) ?? 0) + 1);
    this.refusals = 0;
    this.together++;
    let isOver = false;
    return () => {
      if (!isOver) this.together--;
      isOver = true;
    };
  }

  get headers(): Record<string, string> {
    return {
      'x-ms-ratelimit-burst-remaining-xrm-requests': String(Math.max(0, this.most - this.used)),
      'x-ms-ratelimit-time-remaining-xrm-requests': '1,200.00',
    };
  }

  private untilRoom(): number {
    const oldest = Math.min(...this.seconds.keys());
    return Math.max(1, oldest + WINDOW_SECONDS - this.clock.seconds());
  }

  private refuse(code: string, message: string, seconds: number): ODataError {
    this.refusals++;
    return new ODataError(429, code, message, { 'Retry-After': String(seconds * Math.min(this.refusals, 10)) });
  }
}
