/** Fields that are written in these tests, with texts that arrive for them, some of which are no value of the field. */
import fc from 'fast-check';
import type { ColumnType } from '../../contract/types.ts';

export interface Field {
  name: string;
  type: ColumnType;
  texts: fc.Arbitrary<string | null>;
  /** What a record holds from the beginning. */
  values: fc.Arbitrary<string | number | boolean | null>;
}

/** Few values, so that a record often holds already what arrives; what comes last comes seldom. */
const oneOf = (
  texts: readonly (string | null)[],
  seldom: readonly (string | null)[] = [],
): fc.Arbitrary<string | null> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...texts) },
    { weight: seldom.length === 0 ? 0 : 2, arbitrary: fc.constantFrom(null, ...seldom) },
  );

const names = ['Ann', 'ann', ' Ann ', 'Bo  Li', 'Zoë', '#N/A', 'a "b", c\nd', 'null'];
const field = (
  name: string,
  type: ColumnType,
  texts: Field['texts'],
  values: Field['values'] = oneOf(['Ann', 'Bo  Li', null]),
): Field => ({ name, type, texts, values });

/** The reference to an account, by that one's key. */
export const lookup = {
  field: 'AccountId',
  object: 'Account',
  keyField: 'External_Id__c',
  path: 'Account.External_Id__c',
};

export const fields: readonly Field[] = [
  field('LastName', 'text', oneOf(names, [null, '', 'x'.repeat(90)]), oneOf(['Ann', 'Bo  Li', 'Zoë'])),
  field('FirstName', 'text', oneOf([...names, null, ''])),
  field('Title', 'text', oneOf([...names, null, '', '   '])),
  field(
    'Email',
    'text',
    oneOf(['a@example.org', 'A@example.org', null], ['no address']),
    oneOf(['a@example.org', null]),
  ),
  field('LeadSource', 'text', oneOf(['Web', 'Other', null], ['web']), oneOf(['Web', null])),
  field('Birthdate', 'date', oneOf(['1990-02-28', '1990-03-01', null], ['1990-02-30']), oneOf(['1990-02-28', null])),
  field(
    'AnnualValue__c',
    'decimal',
    oneOf(['12.5', '12.50', '1e2', '-0', null], ['12,5']),
    fc.constantFrom(12.5, 100, null),
  ),
  field('HasOptedOutOfEmail', 'boolean', oneOf(['true', 'false', '1', null], ['maybe']), fc.boolean()),
  field(
    'Consent_Date__c',
    'datetime',
    oneOf(['2024-01-31T23:30:00Z', '2024-01-31T23:30:00.750Z', '2024-02-01T00:30:00+01:00', '2024-01-31 23:30', null]),
    oneOf(['2024-01-31T23:30:00.000+0000', null]),
  ),
];

/** In the form in which two values are the same to the organisation. */
export function shown(name: string, value: unknown): unknown {
  if (name === 'HasOptedOutOfEmail') return value === true;
  if (value === null || value === undefined) return null;
  if (name === 'AnnualValue__c') return Number(value);
  if (name === 'Consent_Date__c') return new Date(String(value)).toISOString().slice(0, 19);
  const text = String(value).trim() || null;
  // However a choice of a list is written, the organisation keeps it as the list has it.
  return name === 'LeadSource' ? (text?.toLowerCase() ?? null) : text;
}
