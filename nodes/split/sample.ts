/**
 * A number that looks random for one row of one task: a later attempt of the task draws the same sample, another run
 * another one. FNV-1a over the seed and the row, then mixed so that neighbours are far apart.
 */
export function sampleNumber(seed: string, row: number): number {
  let hash = 0x811c9dc5;
  for (const letter of `${seed} ${row}`) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
