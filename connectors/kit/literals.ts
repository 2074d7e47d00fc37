/** Values in the text of a query. None gets there but by the type of its field. */
import type { Cell, ColumnType } from '../../contract/types.ts';

/** How a query language writes what is known to be a number, an instant or a text. */
export interface Spelling {
  boolean(value: boolean): string;
  number(text: string): string;
  instant(text: string): string;
  text(text: string): string;
}

/** Throws TypeError for a value that is not of its type. */
export function spell(type: ColumnType, value: Cell, spelling: Spelling): string {
  if (value === null) return 'null';
  switch (type) {
    case 'boolean':
      return spelling.boolean(value === true);
    case 'integer':
    case 'number':
    case 'decimal':
      return spelling.number(String(value));
    case 'date':
      return demandDay(String(value));
    case 'datetime':
      return spelling.instant(demandInstant(String(value)));
    default:
      return spelling.text(String(value));
  }
}

function demandDay(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new TypeError(`${text} is not a date`);
  return text;
}

/** As it is: UTC, with milliseconds. */
export function demandInstant(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text)) throw new TypeError(`${text} is not an instant`);
  return text;
}
