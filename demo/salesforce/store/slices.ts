import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

const SLICE_MS = 8;

/** Cuts long work into slices, so that other requests are answered in between. */
export class Slices {
  private until = performance.now() + SLICE_MS;

  /** True when it is time to `pause`. Ask every few hundred rows. */
  get due(): boolean {
    return performance.now() > this.until;
  }

  async pause(): Promise<void> {
    await setImmediate();
    this.until = performance.now() + SLICE_MS;
  }
}

/** Rows to handle between two looks at the clock. */
export const SLICE_ROWS = 512;
