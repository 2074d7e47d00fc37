import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { plainWords } from './plainWords.ts';

const schema = z.strictObject({
  name: z.string().min(1).max(5),
  count: z.number().int().min(2).max(9).optional(),
  kind: z.enum(['a', 'b', 'c']).optional(),
  tags: z.array(z.string()).max(2).optional(),
  address: z.url().optional(),
  own: z.string().regex(/^x/, 'begin with x').optional(),
});

function words(value: unknown): string[] {
  const parsed = schema.safeParse(value, { error: plainWords });
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim());
}

describe('What a schema refuses', () => {
  it.each([
    [{}, 'name is missing'],
    [{ name: 3 }, 'name must be a text'],
    [{ name: '' }, 'name must not be empty'],
    [{ name: 'abcdef' }, 'name must have at most 5 characters'],
    [{ name: 'a', count: 1 }, 'count must be at least 2'],
    [{ name: 'a', count: 10 }, 'count must be at most 9'],
    [{ name: 'a', count: 2.5 }, 'count must be a whole number'],
    [{ name: 'a', kind: 'd' }, 'kind must be "a", "b" or "c"'],
    [{ name: 'a', tags: ['x', 'y', 'z'] }, 'tags must have at most 2 entries'],
    [{ name: 'a', tags: {} }, 'tags must be a list'],
    [{ name: 'a', address: 'nowhere' }, 'address is not a web address'],
    [{ name: 'a', other: 1 }, 'must not hold "other": there is no such field'],
    [null, 'must be an object'],
  ])('is said in plain words: %j', (value, expected) => {
    expect(words(value)).toEqual([expected]);
  });

  it('is said in the words of the schema where it has some', () => {
    expect(words({ name: 'a', own: 'y' })).toEqual(['own begin with x']);
  });
});
