/** Values as the organisation holds them: a datetime is in seconds since 1970, a date is YYYY-MM-DD text. */
export type Value = string | number | boolean | null | AddressValue;

export interface AddressValue {
  city: Value;
  country: Value;
  geocodeAccuracy: null;
  latitude: Value;
  longitude: Value;
  postalCode: Value;
  state: Value;
  street: Value;
}

export type FieldType =
  | 'id'
  | 'string'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'email'
  | 'phone'
  | 'url'
  | 'textarea'
  | 'picklist'
  /** Several choices with semicolons between them. */
  | 'multipicklist'
  /** A time of day such as 10:30:00.000Z. */
  | 'time'
  | 'reference'
  | 'address'
  /** Of whatever type another field had, as text. */
  | 'anyType';

/** Reads another field of the same record. */
export type ReadField = (name: string) => Value;

/** What becomes of a child when the record it refers to is deleted. */
export type OnParentDelete = 'cascade' | 'restrict' | 'clear';

export interface Field {
  name: string;
  label: string;
  type: FieldType;
  /** Longest text in characters; 0 for other types. */
  length: number;
  precision: number;
  scale: number;
  custom: boolean;
  nillable: boolean;
  createable: boolean;
  updateable: boolean;
  defaultedOnCreate: boolean;
  defaultValue: Value;
  unique: boolean;
  externalId: boolean;
  idLookup: boolean;
  nameField: boolean;
  autoNumber: boolean;
  filterable: boolean;
  sortable: boolean;
  /** Equality on it is answered by an index. */
  indexed: boolean;
  /** The compound field this one is a part of. */
  compound: string | null;
  formula: string | null;
  picklist: readonly string[];
  restricted: boolean;
  referenceTo: string | null;
  relationshipName: string | null;
  /** Name of the children at their parent, such as Contacts. */
  childName: string | null;
  onParentDelete: OnParentDelete;
  /** The generated value of a row nobody has written to; null where all are empty or derived. */
  generate: ((row: number) => Value) | null;
  /** Computes the value of a written record from its other fields; null where the value is stored. */
  derive: ((read: ReadField) => Value) | null;
}

type Settings = Partial<Field>;

/** A field with the settings most fields have. */
export function field(name: string, label: string, type: FieldType, settings: Settings = {}): Field {
  const readOnly = settings.derive !== undefined || settings.formula !== undefined || settings.autoNumber === true;
  return {
    name,
    label,
    type,
    length: 0,
    precision: 0,
    scale: 0,
    custom: name.endsWith('__c'),
    nillable: type !== 'boolean',
    createable: !readOnly,
    updateable: !readOnly,
    defaultedOnCreate: type === 'boolean',
    defaultValue: type === 'boolean' ? false : null,
    unique: false,
    externalId: false,
    idLookup: settings.externalId === true,
    nameField: false,
    autoNumber: false,
    filterable: true,
    sortable: true,
    indexed:
      type !== 'id' &&
      (settings.externalId === true || settings.idLookup === true || settings.referenceTo !== undefined),
    compound: null,
    formula: null,
    picklist: [],
    restricted: false,
    referenceTo: null,
    relationshipName: null,
    childName: null,
    onParentDelete: 'clear',
    generate: null,
    derive: null,
    ...settings,
  };
}

/** Marks a field that no client may write. */
export const READ_ONLY: Settings = { createable: false, updateable: false };

/** Marks a field without which no record is made. */
export const REQUIRED: Settings = { nillable: false };
