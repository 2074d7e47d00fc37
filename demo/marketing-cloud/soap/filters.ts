import { childrenOf, descend, type Element, textOf } from './xml.ts';

/** How one object stands to a filter's wanted value: below 0, 0 or above; null when they cannot be compared. */
export type Compare<T> = (object: T, property: string, wanted: string) => number | null;

/** What a filter needs to know of the objects. */
export interface Subject<T> {
  compare: Compare<T>;
  isNull(object: T, property: string): boolean;
  /** Whether there is such a property. */
  knows(property: string): boolean;
}

/** A filter that makes no sense; answered as the overall status. */
export class FilterError extends Error {}

type Test<T> = (object: T) => boolean;

const ORDERS: Record<string, (order: number) => boolean> = {
  equals: (order) => order === 0,
  notequals: (order) => order !== 0,
  greaterthan: (order) => order > 0,
  greaterthanorequal: (order) => order >= 0,
  lessthan: (order) => order < 0,
  lessthanorequal: (order) => order <= 0,
};

/** Reads a filter part, simple or complex. Throws FilterError. */
export function readFilter<T>(part: Element, subject: Subject<T>): Test<T> {
  const type = (part.attributes.type ?? '').replace(/^.*:/, '');
  if (type === 'SimpleFilterPart') return readSimple(part, subject);
  if (type !== 'ComplexFilterPart') throw new FilterError(`Unknown filter of type ${type || 'FilterPart'} encountered`);
  const operands = ['LeftOperand', 'RightOperand'].map((name) => descend(part, name));
  const tests = [...operands, ...(descend(part, 'AdditionalOperands')?.children ?? [])].map((operand) => {
    if (operand === undefined) throw new FilterError('A filter with a logical operator needs two operands.');
    return readFilter(operand, subject);
  });
  const operator = textOf(part, 'LogicalOperator')?.toUpperCase();
  if (operator === 'AND') return (object) => tests.every((test) => test(object));
  if (operator === 'OR') return (object) => tests.some((test) => test(object));
  throw new FilterError(`Unknown logical operator ${operator ?? ''}`);
}

/** The values that a simple filter compares with. */
export function wantedOf(part: Element): string[] {
  return [...childrenOf(part, 'Value'), ...childrenOf(part, 'DateValue')].map(({ text }) => text);
}

function readSimple<T>(part: Element, subject: Subject<T>): Test<T> {
  const property = textOf(part, 'Property') ?? '';
  const operator = (textOf(part, 'SimpleOperator') ?? '').toLowerCase();
  if (!subject.knows(property)) throw new FilterError(`The Filter Property '${property}' is not retrievable`);
  if (operator === 'isnull') return (object) => subject.isNull(object, property);
  if (operator === 'isnotnull') return (object) => !subject.isNull(object, property);
  const wanted = wantedOf(part);
  if (wanted.length === 0)
    throw new FilterError(`Invalid argument for the ${operator} operator. Filter array cannot be null.`);
  const compare = (object: T, value: string): number | null => subject.compare(object, property, value);
  if (operator === 'in') return (object) => wanted.some((value) => compare(object, value) === 0);
  if (operator === 'between') {
    const [low = '', high = ''] = wanted;
    return (object) => (compare(object, low) ?? -1) >= 0 && (compare(object, high) ?? 1) <= 0;
  }
  const holds = ORDERS[operator];
  if (holds === undefined) throw new FilterError(`The operator '${operator}' is not supported`);
  return (object) => {
    const order = compare(object, wanted[0]!);
    return order !== null && holds(order);
  };
}
