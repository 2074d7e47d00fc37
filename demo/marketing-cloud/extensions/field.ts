/** The kinds of column that Marketing Cloud has. */
export const FIELD_TYPES = ['Text', 'Number', 'Decimal', 'Date', 'Boolean', 'EmailAddress', 'Phone', 'Locale'] as const;

export type FieldType = (typeof FIELD_TYPES)[number];

/** A column of a data extension. */
export interface Field {
  objectId: string;
  name: string;
  type: FieldType;
  /** Characters of a text; digits of a decimal. Null for types that have none. */
  maxLength: number | null;
  /** Digits behind the point, for decimals. */
  scale: number | null;
  isPrimaryKey: boolean;
  isRequired: boolean;
  defaultValue: string;
}

/** A stored value: numbers as numbers, decimals as text, dates as what the servers' clock shows. */
export type Value = string | number | boolean | null;

const FIXED_LENGTHS: Partial<Record<FieldType, number>> = { EmailAddress: 254, Phone: 50, Locale: 5 };

/** The length of a column when none was given. */
export function lengthOf(type: FieldType, given: number | null): number | null {
  if (type === 'Text') return given ?? 50;
  if (type === 'Decimal') return given ?? 18;
  return FIXED_LENGTHS[type] ?? null;
}
