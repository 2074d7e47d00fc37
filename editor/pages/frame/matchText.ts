import { foldText } from '../../../contract/types.ts';

/** Whether every word of the query is somewhere in the texts, upper and lower case alike. */
export function matchText(query: string, ...texts: readonly (string | null | undefined)[]): boolean {
  const words = foldText(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const whole = foldText(texts.filter((text) => text).join('\n'));
  return words.every((word) => whole.includes(word));
}
