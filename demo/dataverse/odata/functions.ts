import { malformed } from '../errors.ts';
import type { Org } from '../org.ts';
import type { Value } from '../tables/column.ts';
import type { Literal } from './lexer.ts';
import type { Reached, Test } from './reached.ts';

const DAY = 86_400_000;

interface Arguments {
  /** As texts, whatever the type. */
  values: string[];
  /** The same as texts are compared; lists of hundreds of values are asked of every row. */
  texts: ReadonlySet<string>;
  count: number;
  now: number;
}

type Check = (value: Value, given: Arguments) => boolean;

const text = (value: Value): string => String(value).trimEnd().toLowerCase();
const time = (value: Value): number => Date.parse(String(value));
const dayOf = (milliseconds: number): number => Math.floor(milliseconds / DAY);
const number = (value: Value): number => (typeof value === 'number' ? value : time(value));
const numberOf = (given: string | undefined): number =>
  /^-?[\d.]+$/.test(given ?? '') ? Number(given) : Date.parse(given ?? '');

const within = (value: Value, { values }: Arguments): boolean =>
  number(value) >= numberOf(values[0]) && number(value) <= numberOf(values[1]);
const chosen = (value: Value, { values }: Arguments): boolean =>
  values.some((one) => String(value).split(',').includes(one));

/** Functions whose name begins with `Microsoft.Dynamics.CRM.`; of a row without a value only those that say so are true. */
const CHECKS: Record<string, Check> = {
  In: (value, { texts }) => value !== null && texts.has(text(value)),
  NotIn: (value, { texts }) => value !== null && !texts.has(text(value)),
  Between: (value, given) => value !== null && within(value, given),
  NotBetween: (value, given) => value !== null && !within(value, given),
  ContainValues: (value, given) => value !== null && chosen(value, given),
  DoesNotContainValues: (value, given) => value === null || !chosen(value, given),
  On: (value, { values }) => value !== null && dayOf(time(value)) === dayOf(numberOf(values[0])),
  OnOrAfter: (value, { values }) => value !== null && dayOf(time(value)) >= dayOf(numberOf(values[0])),
  OnOrBefore: (value, { values }) => value !== null && dayOf(time(value)) <= dayOf(numberOf(values[0])),
  Today: (value, { now }) => value !== null && dayOf(time(value)) === dayOf(now),
  Yesterday: (value, { now }) => value !== null && dayOf(time(value)) === dayOf(now) - 1,
  Last7Days: (value, { now }) => value !== null && time(value) <= now && dayOf(time(value)) >= dayOf(now) - 7,
  LastXHours: (value, { now, count }) => value !== null && time(value) <= now && time(value) >= now - count * 3_600_000,
  LastXDays: (value, { now, count }) =>
    value !== null && time(value) <= now && dayOf(time(value)) >= dayOf(now) - count,
  OlderThanXDays: (value, { now, count }) => value !== null && time(value) < now - count * DAY,
};

export function callFunction(
  org: Org,
  name: string,
  { PropertyName, PropertyValue, PropertyValues }: Record<string, Literal>,
  reach: (name: string) => Reached,
): Test {
  const check = CHECKS[name];
  if (check === undefined) throw malformed(`The function 'Microsoft.Dynamics.CRM.${name}' could not be found.`);
  if (PropertyName?.type !== 'string')
    throw malformed(`The parameter 'PropertyName' of the function '${name}' is missing.`);
  const { column, read } = reach(PropertyName.value);
  const values = PropertyValues?.type === 'list' ? PropertyValues.value.map(String) : [];
  const given = PropertyValue === undefined ? values : [String(PropertyValue.value), ...values];
  const isYesOrNo = column.type === 'Boolean';
  const asked = isYesOrNo ? given.map((one) => (one === '1' ? 'true' : one === '0' ? 'false' : one)) : given;
  const parameters = {
    values: asked,
    texts: new Set(asked.map(text)),
    count: Number(PropertyValue?.value ?? Number.NaN),
  };
  return (row) => check(read(row), { ...parameters, now: org.clock.now() });
}
