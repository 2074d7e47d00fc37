/** Regular expressions that can be matched in time that grows with the text and no faster. */

const longest = 1_000;
const mostRepeats = 1_000;

/** Half a sentence; null: it can be matched so. */
export function patternProblem(source: string): string | null {
  if (source.length > longest) return `is longer than ${longest} characters`;
  if (!compiles(source)) return 'is no regular expression';
  // What a backslash escapes, and what stands in brackets, begins nothing.
  const bare = source.replace(/\\[^kpPu1-9]/g, '').replace(/\[(?:\\.|[^\]\\])*\]/g, '[]');
  if (/\(\?(?:[=!]|<[=!])/.test(bare)) return 'may not look ahead or behind';
  if (/\\(?:[1-9]|k<)/.test(bare)) return 'may not refer back to a group';
  for (const [, name = ''] of source.matchAll(/\\[pP]\{([^}]*)\}/g))
    if (!/^[LMNPSZC][a-z]?$/.test(name)) return `knows no class of characters "${name}", only such as L, Lu or Nd`;
  for (const [, least = '', most = ''] of bare.matchAll(/\{(\d+)(?:,(\d*))?\}/g))
    if (Math.max(Number(least), Number(most)) > mostRepeats) return `may repeat at most ${mostRepeats} times`;
  return null;
}

function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch {
    return false;
  }
}
