const word = /[\p{L}\p{N}_$]+/gu;

/** Ways to reach all columns of a record without naming one. */
const wholeUse = /\.\.\.|\b(?:Object|JSON|Reflect|in)\b/;

/**
 * The columns whose name stands anywhere in the source. A column named only at run time is missed, and one named for
 * another reason is found: the first is fetched when it is read, the second costs a little.
 */
export function guessColumns(source: string, columns: string[]): string[] {
  const words = new Set(source.match(word));
  return columns.filter((column) =>
    words.has(column) ? true : !/^[\p{L}\p{N}_$]+$/u.test(column) && source.includes(column),
  );
}

/** Does the source seem to use records as a whole? */
export const usesWholeRecords = (source: string): boolean => wholeUse.test(source);
