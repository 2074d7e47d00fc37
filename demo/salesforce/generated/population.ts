import { type Draw, mix } from '../../kit/random.ts';
import { idMaker, rowOfId } from '../ids.ts';

/** One deleted record stands among every `BLOCK` rows, so that exactly `live` records are left. */
const BLOCK = 65;

/** The generated rows of one object: how many, which are deleted, and their ids. */
export class Population {
  readonly prefix: string;
  readonly live: number;
  readonly rows: number;
  readonly idOf: (row: number) => string;
  private readonly draw: Draw;

  constructor(prefix: string, live: number, draw: Draw) {
    this.prefix = prefix;
    this.live = live;
    this.rows = live + Math.floor(live / (BLOCK - 1));
    this.idOf = idMaker(prefix);
    this.draw = draw;
  }

  isDeleted(row: number): boolean {
    const block = Math.floor(row / BLOCK);
    return (block + 1) * BLOCK <= this.rows && row % BLOCK === this.deletedPlace(block);
  }

  /** The row of the n-th live record: references between generated records never point at deleted ones. */
  liveRow(n: number): number {
    const block = Math.floor(n / (BLOCK - 1));
    const place = n % (BLOCK - 1);
    if ((block + 1) * BLOCK > this.rows) return block * BLOCK + place;
    return block * BLOCK + place + (place >= this.deletedPlace(block) ? 1 : 0);
  }

  rowOf(id18: string): number {
    return rowOfId(this.prefix, id18);
  }

  private deletedPlace(block: number): number {
    return mix(this.draw(block), 17) % BLOCK;
  }
}
