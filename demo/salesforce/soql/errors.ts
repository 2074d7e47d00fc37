import { ApiError } from '../errors.ts';

/** Characters of the line shown on each side of the place. */
const BEFORE = 60;
const AFTER = 40;

/** An error at a place of the query: the line around it, a caret under it, row and column counted from 1. */
export function soqlError(text: string, at: number, errorCode: string, message: string): ApiError {
  const lines = text.slice(0, at).split('\n');
  const row = lines.length;
  const column = lines.at(-1)!.length + 1;
  const line = text.split('\n')[row - 1]!.replace(/\r$/, '');
  const start = Math.max(0, column - 1 - BEFORE);
  const shown = line.slice(start, column - 1 + AFTER);
  const caret = `${' '.repeat(column - 1 - start)}^`;
  return new ApiError(400, errorCode, `\n${shown}\n${caret}\nERROR at Row:${row}:Column:${column}\n${message}`);
}

export function malformed(text: string, at: number, message: string): ApiError {
  return soqlError(text, at, 'MALFORMED_QUERY', message);
}
