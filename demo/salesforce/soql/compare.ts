import { dayText } from '../days.ts';
import { normaliseId } from '../ids.ts';
import type { Value } from '../objects/field.ts';
import type { CompareOperator, Literal } from './ast.ts';
import type { Column } from './columns.ts';
import { type Context, invalidField, invalidOperator } from './context.ts';
import { daysOf, startOfDay } from './dates.ts';

/** A literal as the field's type holds it: text folded, instants in seconds; a period keeps its two ends. */
export type Operand = { from: string | number; to: string | number } | string | number | boolean | null;

const TEXT_TYPES = new Set(['string', 'textarea', 'phone', 'url', 'email', 'picklist', 'multipicklist']);
const NUMBER_TYPES = new Set(['int', 'double', 'currency', 'percent']);
const TYPE_NAMES: Record<string, string> = {
  datetime: 'dateTime',
  textarea: 'string',
  picklist: 'string',
  multipicklist: 'string',
  email: 'string',
  phone: 'string',
  url: 'string',
};

export function isText(column: Column): boolean {
  return TEXT_TYPES.has(column.field.type);
}

/** Text as it is compared: without regard to case. */
export function fold(value: Value): Value {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** Checks that a literal fits the field, and turns it into what the field's values are compared with. */
export function operandOf(context: Context, column: Column, literal: Literal): Operand {
  const { type } = column.field;
  if (literal.kind === 'null') return type === 'boolean' ? false : null;
  if (isText(column)) return textOperand(context, column, literal);
  if (type === 'id' || type === 'reference') return idOperand(context, column, literal);
  if (NUMBER_TYPES.has(type) && literal.kind === 'number') return literal.value;
  if (type === 'boolean' && literal.kind === 'boolean') return literal.value;
  if (type === 'date' && literal.kind === 'date') return literal.value;
  if (type === 'datetime' && literal.kind === 'datetime') return literal.value / 1000;
  if (literal.kind === 'period' && (type === 'date' || type === 'datetime'))
    return periodOperand(context, type, literal);
  throw wrongType(context, column);
}

function textOperand(context: Context, column: Column, literal: Literal): Operand {
  if (literal.kind !== 'string') {
    const message = `value of filter criterion for field '${column.field.name}' must be of type string and should be enclosed in quotes`;
    throw invalidField(context, column.at, message);
  }
  return literal.value === '' ? null : literal.value.toLowerCase();
}

function idOperand(context: Context, column: Column, literal: Literal): Operand {
  if (literal.kind !== 'string') throw wrongType(context, column);
  if (literal.value === '') return null;
  const id = normaliseId(literal.value);
  if (id === null) throw invalidOperator(context, column.at, `invalid ID field: ${literal.value}`);
  return id;
}

function periodOperand(context: Context, type: string, literal: Literal & { kind: 'period' }): Operand {
  const { from, to } = daysOf(literal.name, literal.n, context.today);
  if (type === 'date') return { from: dayText(from), to: dayText(to) };
  return { from: startOfDay(context.zone, from) / 1000, to: startOfDay(context.zone, to) / 1000 };
}

function wrongType(context: Context, column: Column) {
  const { name, type } = column.field;
  const hint =
    type === 'id' || type === 'reference' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
  const message = `value of filter criterion for field '${name}' must be of type ${TYPE_NAMES[type] ?? type} and ${hint}`;
  return invalidField(context, column.at, message);
}

type Test = (value: Value) => boolean;

/** Whether a value, text folded, stands in a relation to an operand. Only `!=` can hold for null. */
export function testOf(
  operator: Exclude<CompareOperator, 'LIKE'>,
  operand: Operand,
  negationFindsNulls: boolean,
): Test {
  if (operand === null) return operator === '=' ? (value) => value === null : (value) => value !== null;
  if (typeof operand === 'object') return periodTest(operator, operand.from, operand.to, negationFindsNulls);
  switch (operator) {
    case '=':
      return (value) => value === operand;
    case '!=':
      return (value) => (value === null ? negationFindsNulls : value !== operand);
    case '<':
      return (value) => value !== null && value < operand;
    case '<=':
      return (value) => value !== null && value <= operand;
    case '>':
      return (value) => value !== null && value > operand;
    case '>=':
      return (value) => value !== null && value >= operand;
  }
}

function periodTest(operator: string, from: string | number, to: string | number, negationFindsNulls: boolean): Test {
  switch (operator) {
    case '=':
      return (value) => value !== null && value >= from && value < to;
    case '!=':
      return (value) => (value === null ? negationFindsNulls : value < from || value >= to);
    case '<':
      return (value) => value !== null && value < from;
    case '<=':
      return (value) => value !== null && value < to;
    case '>':
      return (value) => value !== null && value >= to;
    default:
      return (value) => value !== null && value >= from;
  }
}

/** Whether folded text fits a pattern in which `_` is one character, `%` any number of them, and a backslash escapes. */
export function likeTest(pattern: string): (text: string) => boolean {
  const folded = pattern.toLowerCase();
  const parts: (string | null | undefined)[] = [];
  for (let i = 0; i < folded.length; i++) {
    const letter = folded[i]!;
    if (letter === '\\' && i + 1 < folded.length) parts.push(folded[++i]!);
    else parts.push(letter === '%' ? null : letter === '_' ? undefined : letter);
  }
  return (text) => fits(text, parts);
}

/** Walks text and pattern together and goes back only to the last `%`: never slower than their product. */
function fits(text: string, parts: readonly (string | null | undefined)[]): boolean {
  let part = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < text.length; ) {
    const wanted = parts[part];
    if (part < parts.length && wanted === null) {
      star = part++;
      resume = i;
    } else if (part < parts.length && (wanted === undefined || wanted === text[i])) {
      part++;
      i++;
    } else if (star >= 0) {
      part = star + 1;
      i = ++resume;
    } else return false;
  }
  while (part < parts.length && parts[part] === null) part++;
  return part === parts.length;
}
