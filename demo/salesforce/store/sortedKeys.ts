const BLOCK = 1024;

/** An ascending set of numbers in blocks, so that adding and removing stays cheap with a million of them. */
export class SortedKeys {
  private blocks: number[][] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(key: number): void {
    const at = this.blockFor(key);
    const block = this.blocks[at];
    if (block === undefined) {
      this.blocks.push([key]);
    } else {
      const place = lowerBound(block, key);
      if (block[place] === key) return;
      block.splice(place, 0, key);
      if (block.length > BLOCK) this.blocks.splice(at, 1, block.slice(0, BLOCK / 2), block.slice(BLOCK / 2));
    }
    this.count++;
  }

  delete(key: number): void {
    const at = this.blockFor(key);
    const block = this.blocks[at];
    const place = block === undefined ? -1 : lowerBound(block, key);
    if (block === undefined || block[place] !== key) return;
    block.splice(place, 1);
    if (block.length === 0) this.blocks.splice(at, 1);
    this.count--;
  }

  /** The keys between two, both included, in ascending order. */
  between(from: number, to: number): number[] {
    const found: number[] = [];
    for (let at = this.blockFor(from); at < this.blocks.length; at++) {
      const block = this.blocks[at]!;
      if (block[0]! > to) break;
      const end = lowerBound(block, to + 1);
      for (let i = lowerBound(block, from); i < end; i++) found.push(block[i]!);
    }
    return found;
  }

  /** The last block that begins at or before the key: where the key is, or belongs. */
  private blockFor(key: number): number {
    let low = 0;
    let high = this.blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.blocks[middle]![0]! <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** The place of the first number that is not less than the key. */
export function lowerBound(numbers: ArrayLike<number>, key: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
