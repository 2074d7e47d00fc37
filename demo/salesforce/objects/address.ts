import type { Address } from '../generated/addresses.ts';
import { type AddressValue, type Field, type FieldType, field, type ReadField } from './field.ts';

const PARTS: readonly (readonly [name: string, label: string, type: FieldType, length: number, part: keyof Address])[] =
  [
    ['Street', 'Street', 'textarea', 255, 'street'],
    ['City', 'City', 'string', 40, 'city'],
    ['State', 'State/Province', 'string', 80, 'state'],
    ['PostalCode', 'Zip/Postal Code', 'string', 20, 'postalCode'],
    ['Country', 'Country', 'string', 80, 'country'],
  ];

/** The parts of an address and the compound field they make; `at` gives the generated address of a row or null. */
export function addressFields(prefix: string, label: string, at: (row: number) => Address | null): Field[] {
  const compound = prefix === '' ? 'Address' : `${prefix}Address`;
  const address = keepLast(at);
  const title = (part: string): string => `${label} ${part}`.trim();
  const parts = PARTS.map(([name, partLabel, type, length, part]) =>
    field(prefix + name, title(partLabel), type, {
      length,
      compound,
      generate: (row) => address(row)?.[part] ?? null,
    }),
  );
  return [
    ...parts,
    field(`${prefix}Latitude`, title('Latitude'), 'double', { precision: 18, scale: 15, compound }),
    field(`${prefix}Longitude`, title('Longitude'), 'double', { precision: 18, scale: 15, compound }),
    field(compound, title('Address'), 'address', {
      filterable: false,
      sortable: false,
      derive: (read) => joinAddress(prefix, read),
    }),
  ];
}

/** The parts of one record are asked for one after another. */
function keepLast(at: (row: number) => Address | null): (row: number) => Address | null {
  let lastRow = -1;
  let last: Address | null = null;
  return (row) => {
    if (row !== lastRow) last = at(row);
    lastRow = row;
    return last;
  };
}

function joinAddress(prefix: string, read: ReadField): AddressValue | null {
  const value: AddressValue = {
    city: read(`${prefix}City`),
    country: read(`${prefix}Country`),
    geocodeAccuracy: null,
    latitude: read(`${prefix}Latitude`),
    longitude: read(`${prefix}Longitude`),
    postalCode: read(`${prefix}PostalCode`),
    state: read(`${prefix}State`),
    street: read(`${prefix}Street`),
  };
  return Object.values(value).every((part) => part === null) ? null : value;
}
