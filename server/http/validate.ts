import type { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { plainWords } from '../../contract/plainWords.ts';

/**
 * Parses one part of a request. U+0000 is refused everywhere: not every database can hold it, and all are to answer alike.
 * Throws UserError INVALID_INPUT that names the first wrong field, with all of them in `issues`.
 */
export function validate<T extends z.ZodType>(schema: T, value: unknown, part: 'query' | 'body'): z.output<T> {
  const parsed = schema.safeParse(value, { error: plainWords });
  if (parsed.success) {
    const place = findNul(value, part);
    if (place !== null) throw new UserError('INVALID_INPUT', { reason: `${place}: contains the character U+0000` });
    return parsed.data;
  }
  const reasons = parsed.error.issues.slice(0, 20).map((issue) => reasonOf(issue, part));
  throw new UserError('INVALID_INPUT', { reason: reasons.join('; ') });
}

/** Where it stands; null: nowhere. */
function findNul(value: unknown, place: string): string | null {
  if (typeof value === 'string') return value.includes('\0') ? place : null;
  if (value === null || typeof value !== 'object') return null;
  for (const [name, item] of Object.entries(value)) {
    const found = name.includes('\0') ? place : findNul(item, `${place}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

function reasonOf(issue: z.core.$ZodIssue, part: string): string {
  const place = [part, ...issue.path].join('.');
  return `${place}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}
