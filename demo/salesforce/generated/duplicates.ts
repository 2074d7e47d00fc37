import { type Draw, mix } from '../../kit/random.ts';

const HOPS = 8;

/** Decides which rows repeat an earlier one, and in which of the many ways people mistype. */
export class Duplicates {
  private readonly perMille: number;
  private readonly draw: Draw;

  constructor(perMille: number, draw: Draw) {
    this.perMille = perMille;
    this.draw = draw;
  }

  /** The row whose person or company this row is; the row itself when it repeats none. */
  originalOf(row: number): number {
    let original = row;
    for (let hop = 0; hop < HOPS && this.repeats(original); hop++) original = mix(this.draw(original), 1) % original;
    return original;
  }

  repeats(row: number): boolean {
    return row >= 20 && this.draw(row) % 1000 < this.perMille;
  }

  /** A number that says how a repeated row differs from its original. */
  manner(row: number): number {
    return mix(this.draw(row), 2);
  }
}
