import { ApiError } from '../errors.ts';
import { compareValues } from '../extensions/compare.ts';
import type { DataExtension, Row } from '../extensions/extension.ts';

type Test = (row: Row) => boolean;

const TOKEN = /\s*(\(|\)|'(?:[^']|'')*'|[^\s()']+)/gy;
const COMPARISONS: Record<string, (order: number) => boolean> = {
  eq: (order) => order === 0,
  neq: (order) => order !== 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};

/** Reads a `$filter` such as `Points gt 10 and (Name eq 'O''Neill' or Name eq 'x')`. Throws ApiError. */
export function readFilter(extension: DataExtension, text: string): Test {
  const tokens = [...text.matchAll(TOKEN)].map(([, token]) => token!);
  if (tokens.join('').length !== text.replace(/\s+(?=(?:[^']*'[^']*')*[^']*$)/g, '').length) throw unreadable();
  const reader = { extension, tokens, at: 0 };
  const test = readAlternatives(reader);
  if (reader.at < tokens.length) throw unreadable();
  return test;
}

interface Reader {
  extension: DataExtension;
  tokens: string[];
  at: number;
}

function readAlternatives(reader: Reader): Test {
  const tests = [readAll(reader)];
  while (takeWord(reader, 'or')) tests.push(readAll(reader));
  return tests.length === 1 ? tests[0]! : (row) => tests.some((test) => test(row));
}

function readAll(reader: Reader): Test {
  const tests = [readOne(reader)];
  while (takeWord(reader, 'and')) tests.push(readOne(reader));
  return tests.length === 1 ? tests[0]! : (row) => tests.every((test) => test(row));
}

function readOne(reader: Reader): Test {
  if (takeWord(reader, '(')) {
    const test = readAlternatives(reader);
    if (!takeWord(reader, ')')) throw unreadable();
    return test;
  }
  const [name, operator, value] = reader.tokens.slice(reader.at, reader.at + 3);
  reader.at += 3;
  const holds = COMPARISONS[operator?.toLowerCase() ?? ''];
  if (name === undefined || value === undefined || holds === undefined) throw unreadable();
  const field = reader.extension.field(name);
  if (field === undefined) throw new ApiError(400, 10005, `The filter names the unknown column ${name}.`);
  const wanted = value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value;
  return (row) => {
    const order = compareValues(field, reader.extension.read(row, field), wanted);
    return order !== null && holds(order);
  };
}

function takeWord(reader: Reader, word: string): boolean {
  if (reader.tokens[reader.at]?.toLowerCase() !== word) return false;
  reader.at++;
  return true;
}

function unreadable(): ApiError {
  return new ApiError(400, 10005, 'The value of $filter is not valid.');
}
