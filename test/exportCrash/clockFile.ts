/**
 * One clock for all processes of a case: the machine's, shifted by what a file says. Whoever asks what time it is reads the
 * file, so that a process that slept while it was shifted sees it in the first thing that it does.
 */
import { openSync, readSync, writeSync } from 'node:fs';
import { ShiftedClock } from '../harness/shiftedClock.ts';

const variable = 'TEST_CLOCK_FILE';
/** Milliseconds within which timers notice that the clock was shifted. */
const look = 10;

export interface ClockFile {
  /** The environment of the processes that follow it. */
  env: Record<string, string>;
  /** Forward, by milliseconds. */
  step(milliseconds: number): void;
}

export function makeClockFile(path: string): ClockFile {
  const file = openSync(path, 'w');
  const cell = Buffer.alloc(8);
  let shift = 0;
  const write = (): void => {
    cell.writeDoubleLE(shift);
    writeSync(file, cell, 0, cell.length, 0);
  };
  write();
  return {
    env: { [variable]: path },
    step(milliseconds) {
      shift += milliseconds;
      write();
    },
  };
}

class FollowedClock extends ShiftedClock {
  readonly #file: number;
  readonly #cell = Buffer.alloc(8);
  #shift = 0;

  constructor(path: string) {
    super();
    this.#file = openSync(path, 'r');
  }

  override now(): Date {
    readSync(this.#file, this.#cell, 0, this.#cell.length, 0);
    const shift = this.#cell.readDoubleLE();
    const by = shift - this.#shift;
    this.#shift = shift;
    if (by !== 0) this.step(by);
    return super.now();
  }
}

/** The clock of this process. */
export function followClockFile(): ShiftedClock {
  const clock = new FollowedClock(process.env[variable] ?? '');
  setInterval(() => clock.now(), look).unref();
  return clock;
}
