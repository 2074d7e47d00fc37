/** What is wrong with a value that a schema refuses, in words for people: it stands behind the name of the field. */
import type { z } from 'zod';

/** Given to `safeParse` as `error`. Messages that a schema gives itself go before it. */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kindWords[issue.expected] ?? 'of another kind'}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : `must be ${alternatives(issue.values.map(quoted))}`;
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive ? 'at least' : 'more than');
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive ? 'at most' : 'less than');
    case 'unrecognized_keys':
      return `must not hold ${alternatives(issue.keys.map(quoted))}: there is no such field`;
    case 'invalid_format':
      return `is not ${formatWords[issue.format] ?? 'well formed'}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_key':
      return 'has a name that is not allowed';
    case 'invalid_union':
      return 'has none of the possible forms';
    default:
      return 'is not valid';
  }
};

const kindWords: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
};

const formatWords: Record<string, string> = {
  url: 'a web address',
  email: 'an e-mail address',
  datetime: 'an instant such as 2026-01-31T08:00:00Z',
  date: 'a date such as 2026-01-31',
  uuid: 'an id of this kind',
};

const quoted = (value: unknown): string => JSON.stringify(value) ?? String(value);

function alternatives(words: readonly string[]): string {
  const shown = words.slice(0, 12);
  const last = shown.pop() ?? 'something else';
  return shown.length === 0 ? last : `${shown.join(', ')} or ${last}`;
}

function bound(origin: string, limit: number | bigint, words: string): string {
  if (origin === 'string')
    return Number(limit) === 1 && words === 'at least' ? 'must not be empty' : `must have ${words} ${limit} characters`;
  if (origin === 'array' || origin === 'set' || origin === 'map') return `must have ${words} ${limit} entries`;
  return `must be ${words} ${limit}`;
}
