/** A number of 32 bits for a row: the same for the same seed, name and row, on every machine. */
export type Draw = (row: number) => number;

/** Mixes two 32-bit numbers so that neighbours have nothing in common. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h + b, 0xc2b2ae35);
  h ^= h >>> 13;
  h = Math.imul(h, 0x27d4eb2f);
  return (h ^ (h >>> 16)) >>> 0;
}

export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h, text.length);
}

/** Streams of numbers by name, all from one seed. */
export function randomSource(seed: number): (name: string) => Draw {
  return (name) => {
    const start = mix(seed >>> 0, hashText(name));
    return (row) => mix(start, row);
  };
}

/** One of the items, each as likely as the others. */
export function pick<T>(items: readonly T[], number: number): T {
  return items[number % items.length]!;
}
