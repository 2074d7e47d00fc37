/** What an entry of the audit trail changed, field by field. */

export interface FieldChange {
  /** `settings.instanceUrl`; empty for a value that has no fields. */
  path: string;
  /** undefined: was not there, or is not there any more. */
  old: unknown;
  new: unknown;
}

export interface Difference {
  changes: FieldChange[];
  /** Fields that are the same on both sides. */
  same: number;
}

/** Compares two JSON values; null stands for "nothing", as the trail writes it. */
export function diffValues(before: unknown, after: unknown): Difference {
  const [olds, news] = [flatten(before), flatten(after)];
  const paths = [...new Set([...olds.keys(), ...news.keys()])];
  const all = paths.map((path) => ({ path, old: olds.get(path), new: news.get(path) }));
  const changes = all.filter((change) => showValue(change.old) !== showValue(change.new));
  return { changes, same: all.length - changes.length };
}

function flatten(value: unknown, path = ''): Map<string, unknown> {
  if (value === null && path === '') return new Map();
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return new Map([[path, value]]);
  const entries = Object.entries(value).flatMap(([key, inner]) => [
    ...flatten(inner, path === '' ? key : `${path}.${key}`),
  ]);
  return new Map(entries);
}

/** A value as people read it; text without quotes. */
export function showValue(value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
