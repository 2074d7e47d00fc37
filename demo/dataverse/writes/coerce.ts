import { badRequest, invalidValue, type ODataError, wrongPayload } from '../errors.ts';
import { typeOf } from '../odata/evaluate.ts';
import type { Column, Value } from '../tables/column.ts';

const EDM: Record<string, string> = {
  string: 'Edm.String',
  number: 'Edm.Int32',
  boolean: 'Edm.Boolean',
  date: 'Edm.Date',
  instant: 'Edm.DateTimeOffset',
  guid: 'Edm.Guid',
};

/** The value of a body as the column keeps it. Throws what Dataverse says of one that it does not take. */
export function coerce(setName: string, column: Column, value: unknown): Value {
  if (value === null) return null;
  const type = typeOf(column);
  const refuse = (): ODataError =>
    wrongPayload(setName, `Cannot convert the literal '${String(value)}' to the expected type '${EDM[type]}'.`);
  if (type === 'boolean') {
    if (typeof value !== 'boolean') throw refuse();
    return value;
  }
  if (type === 'number') {
    if (typeof value !== 'number') throw refuse();
    return toNumber(column, value, refuse);
  }
  if (typeof value !== 'string') throw refuse();
  if (type === 'date') return toDay(value, refuse);
  if (type === 'instant') return toInstant(value, refuse);
  return column.type === 'MultiSelectPicklist' ? toChoices(column, value) : toText(column, value);
}

function toText(column: Column, value: string): Value {
  const { maxLength = Number.POSITIVE_INFINITY, name } = column;
  if (value.length > maxLength)
    throw invalidValue(
      `The length of the '${name}' attribute of the entity exceeded the maximum allowed length of '${maxLength}'.`,
    );
  return value === '' ? null : value;
}

function toNumber(column: Column, value: number, refuse: () => ODataError): Value {
  const { options, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, name, type } = column;
  const isWhole = ['Integer', 'BigInt', 'Picklist', 'State', 'Status'].includes(type);
  if (isWhole && !Number.isInteger(value)) throw refuse();
  if (options !== undefined) return toOption(column, value);
  if (value < min || value > max)
    throw invalidValue(
      `The value '${value}' of '${name}' is outside the valid range. Accepted Values: ${min} To ${max}`,
    );
  const scale = 10 ** (column.precision ?? 0);
  return isWhole || type === 'Double' ? value : Math.round(value * scale) / scale;
}

function toOption({ options = [], name }: Column, value: number): Value {
  if (options.some((option) => option.value === value)) return value;
  const accepted = options.map((option) => option.value).join(',');
  throw badRequest(
    '0x8004431A',
    `A validation error occurred.  The value '${value}' of '${name}' is outside the valid range. Accepted Values: ${accepted}`,
  );
}

function toChoices(column: Column, value: string): Value {
  const numbers = [...new Set(value.split(',').filter((part) => part.trim() !== ''))].map(Number);
  for (const number of numbers) toOption(column, number);
  return numbers.length === 0 ? null : numbers.sort((a, b) => a - b).join(',');
}

function toDay(value: string, refuse: () => ODataError): Value {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value) throw refuse();
  return inYears(value);
}

/** Seconds are kept, fractions are not. */
function toInstant(value: string, refuse: () => ODataError): Value {
  const text = /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00Z` : value;
  const time = /(Z|[+-]\d{2}:\d{2})$/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw refuse();
  return inYears(`${new Date(time).toISOString().slice(0, 19)}Z`);
}

/** SQL Server's first year. */
function inYears(text: string): string {
  if (text >= '1753-01-01') return text;
  throw badRequest(
    '0x80040239',
    'DateTime is less than minumum value supported by CrmDateTime. Actual value: ' +
      text +
      ', Minimum value supported: 01/01/1753 00:00:00',
  );
}
