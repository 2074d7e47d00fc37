import { ApiError } from '../errors.ts';

/** Fields a search looks at. */
export type FieldGroup = 'ALL' | 'NAME' | 'EMAIL' | 'PHONE';

/** Any of the alternatives must fit; an alternative fits when all of its terms do. */
export interface Term {
  text: string;
  negated: boolean;
}

export interface Sosl {
  anyOf: Term[][];
  group: FieldGroup;
  /** Null searches every object and gives ids. */
  returning: { object: string; fields: string; rest: string }[] | null;
  limit: number;
}

const MOST_RECORDS = 2000;
const GROUPS: Record<string, FieldGroup> = { ALL: 'ALL', NAME: 'NAME', EMAIL: 'EMAIL', PHONE: 'PHONE' };
const SHAPE =
  /^\s*FIND\s*\{((?:[^\\{}]|\\.)*)\}\s*(?:IN\s+(\w+)\s+FIELDS\s*)?(?:RETURNING\s+(.*?))?\s*(?:LIMIT\s+(\d+)\s*)?$/is;

/** Reads a search. Throws MALFORMED_SEARCH. */
export function parseSosl(text: string): Sosl {
  const [, words, group, returning, limit] = SHAPE.exec(text) ?? [];
  if (words === undefined) throw malformed(`unexpected token in the search: ${text}`);
  const chosen = GROUPS[(group ?? 'ALL').toUpperCase()];
  if (chosen === undefined) throw malformed(`no such group of fields: ${group}`);
  return {
    anyOf: parseTerms(words),
    group: chosen,
    returning: returning === undefined ? null : splitObjects(returning).map(parseReturning),
    limit: Math.min(limit === undefined ? MOST_RECORDS : Number(limit), MOST_RECORDS),
  };
}

/** Words beside each other must all be found; OR begins another alternative, AND NOT excludes. */
function parseTerms(words: string): Term[][] {
  const anyOf: Term[][] = [[]];
  let negated = false;
  for (const [part] of words.matchAll(/"(?:[^"\\]|\\.)*"|(?:[^\s"\\]|\\.)+/g)) {
    if (part === 'OR') anyOf.push([]);
    else if (part === 'NOT') negated = true;
    else if (part !== 'AND') {
      anyOf.at(-1)!.push({ text: part.replace(/^"|"$/g, '').toLowerCase(), negated });
      negated = false;
    }
  }
  const shortest = Math.min(
    ...anyOf.map((terms) => Math.max(0, ...terms.map(({ text }) => text.replace(/[*?]/g, '').length))),
  );
  if (shortest < 2) throw malformed(`search term must be longer than one character: ${words}`);
  return anyOf;
}

/** Commas within brackets belong to an object's fields. */
function splitObjects(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const sign of text) {
    if (sign === '(') depth++;
    if (sign === ')') depth--;
    if (sign === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += sign;
  }
  return parts;
}

function parseReturning(text: string): { object: string; fields: string; rest: string } {
  const [, object, , inside] = /^\s*(\w+)\s*(\((.*)\))?\s*$/s.exec(text) ?? [];
  if (object === undefined) throw malformed(`unexpected token in RETURNING: ${text}`);
  const [, fields, rest] = /^(.*?)((?:\bWHERE\b|\bORDER\s+BY\b|\bLIMIT\b|\bOFFSET\b).*)?$/is.exec(inside ?? '') ?? [];
  return { object, fields: fields?.trim() || 'Id', rest: rest ?? '' };
}

function malformed(message: string): ApiError {
  return new ApiError(400, 'MALFORMED_SEARCH', message);
}
