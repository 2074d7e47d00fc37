import { type Draw, mix } from '../../kit/random.ts';

/** When a generated record was made and changed, in whole seconds since 1970. */
export interface Moments {
  created: number;
  modified: number;
  /** SystemModstamp: never before `modified`, later where only the system touched the record. */
  stamped: number;
}

const MIGRATION_START = Date.UTC(2019, 2, 2, 6) / 1000;
const MIGRATED_SHARE = 0.3;
const DAILY_START = Date.UTC(2019, 3, 1, 8) / 1000;
/** All generated stamps lie before this instant. */
export const HISTORY_END = Date.UTC(2026, 5, 1) / 1000;
const MASS_UPDATES = 24;
const SYSTEM_EVENTS = 6;

/**
 * The past of one object: a migration in batches that share a second, then daily work,
 * mass updates and system events that also stamp thousands of records at once.
 */
export class History {
  private readonly rows: number;
  private readonly batch: number;
  private readonly draw: Draw;
  private readonly last: Moments = { created: 0, modified: 0, stamped: 0 };
  private lastRow = -1;

  constructor(rows: number, draw: Draw) {
    this.rows = rows;
    this.batch = Math.max(25, Math.floor(rows / 200));
    this.draw = draw;
  }

  /** The moments of a row. The object is reused by the next call. */
  at(row: number): Moments {
    if (row === this.lastRow) return this.last;
    const number = this.draw(row);
    const created = this.created(row, number);
    const modified = this.modified(created, number);
    this.last.created = created;
    this.last.modified = modified;
    this.last.stamped = this.stamped(modified, number);
    this.lastRow = row;
    return this.last;
  }

  private created(row: number, number: number): number {
    if (row < this.rows * MIGRATED_SHARE) return MIGRATION_START + Math.floor(row / this.batch) * 197;
    const share = (row / this.rows - MIGRATED_SHARE) / (1 - MIGRATED_SHARE);
    const span = HISTORY_END - 86_400 - DAILY_START;
    return DAILY_START + Math.floor(share * span) + (mix(number, 5) % 43_200);
  }

  private modified(created: number, number: number): number {
    const lot = number % 1000;
    if (lot < 550) return created;
    if (lot < 620) return Math.max(created, eventAt(mix(number, 1) % MASS_UPDATES, MASS_UPDATES, 11));
    return created + (mix(number, 2) % (HISTORY_END - created));
  }

  private stamped(modified: number, number: number): number {
    if (mix(number, 3) % 100 >= 4) return modified;
    return Math.max(modified, eventAt(mix(number, 4) % SYSTEM_EVENTS, SYSTEM_EVENTS, 5003));
  }
}

function eventAt(event: number, events: number, offset: number): number {
  const span = HISTORY_END - DAILY_START - 86_400;
  return DAILY_START + Math.floor((span / events) * (event + 0.5)) + offset;
}
