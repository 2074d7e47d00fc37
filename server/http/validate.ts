import type { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { plainWords } from '../../contract/plainWords.ts';

/** Parses one part of a request. Throws UserError INVALID_INPUT that names the first wrong field, with all of them in `issues`. */
export function validate<T extends z.ZodType>(schema: T, value: unknown, part: 'query' | 'body'): z.output<T> {
  const parsed = schema.safeParse(value, { error: plainWords });
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.slice(0, 20).map((issue) => reasonOf(issue, part));
  throw new UserError('INVALID_INPUT', { reason: reasons.join('; ') });
}

function reasonOf(issue: z.core.$ZodIssue, part: string): string {
  const place = [part, ...issue.path].join('.');
  return `${place}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}
