const DAY_MS = 86_400_000;
const MOST_KEPT = 60_000;

const texts = new Map<number, string>();

/** YYYY-MM-DD of a number of days since 1970-01-01. Records share few days, and making their text is what costs. */
export function dayText(day: number): string {
  const known = texts.get(day);
  if (known !== undefined) return known;
  if (texts.size > MOST_KEPT) texts.clear();
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
  texts.set(day, text);
  return text;
}
