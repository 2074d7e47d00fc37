import { RowError } from '../errors.ts';
import type { Field, Value } from './field.ts';
import { keyText, readValue } from './values.ts';

/** A row that stands in a data extension; its values are in the order of the fields. */
export interface Row {
  values: Value[];
}

/** `add` refuses a row that is there, `update` one that is not. */
export type WriteMode = 'add' | 'update' | 'upsert';

export interface ExtensionDefinition {
  objectId: string;
  key: string;
  name: string;
  description: string;
  /** The business unit that it belongs to. */
  accountId: number;
  fields: Field[];
  /** Milliseconds since 1970. */
  created: number;
}

/** One data extension with its rows, in the order in which they came. */
export class DataExtension {
  readonly objectId: string;
  readonly key: string;
  readonly accountId: number;
  readonly created: number;
  readonly fields: Field[];
  name: string;
  description: string;
  modified: number;
  #rows = new Map<string, Row>();
  #unkeyed = 0;

  constructor(definition: ExtensionDefinition) {
    this.objectId = definition.objectId;
    this.key = definition.key;
    this.accountId = definition.accountId;
    this.created = definition.created;
    this.modified = definition.created;
    this.fields = definition.fields;
    this.name = definition.name;
    this.description = definition.description;
  }

  get size(): number {
    return this.#rows.size;
  }

  get keyFields(): Field[] {
    return this.fields.filter((field) => field.isPrimaryKey);
  }

  rows(): Row[] {
    return [...this.#rows.values()];
  }

  /** A column by its name in any case. */
  field(name: string): Field | undefined {
    const wanted = name.toLowerCase();
    return this.fields.find((field) => field.name.toLowerCase() === wanted);
  }

  read(row: Row, field: Field): Value {
    return row.values[this.fields.indexOf(field)] ?? null;
  }

  /** The row whose key has these values, in the order of the key's fields. */
  find(key: readonly Value[]): Row | undefined {
    return this.#rows.get(textOfKey(key));
  }

  /** Writes one row given by column names in any case. Columns that are not named stay as they are. Throws RowError. */
  write(mode: WriteMode, given: Record<string, unknown>): 'added' | 'updated' {
    const values = this.#readGiven(given);
    const keyFields = this.keyFields;
    if (keyFields.length === 0) return this.#append(mode, values);
    const key = textOfKey(keyFields.map((field) => this.#keyPart(values, field)));
    const row = this.#rows.get(key);
    if (row === undefined) return this.#add(mode, key, values);
    if (mode === 'add')
      throw new RowError(
        'UnexpectedError',
        `Violation of PRIMARY KEY constraint 'PK_${this.key}'. Cannot insert duplicate key. The duplicate key value is (${key}).`,
      );
    this.#check(values, false);
    // The key stays as it was written first, whatever the case in which it was found.
    for (const [index, value] of values) if (!this.fields[index]!.isPrimaryKey) row.values[index] = value;
    return 'updated';
  }

  /** Throws what `write` would throw, and writes nothing. */
  check(mode: WriteMode, given: Record<string, unknown>): void {
    const copy = new DataExtension(this);
    const key = this.#keyOf(given);
    const row = key === null ? undefined : this.find(key);
    if (key !== null && row !== undefined) copy.#rows.set(textOfKey(key), { values: [...row.values] });
    copy.write(mode, given);
  }

  remove(key: readonly Value[]): boolean {
    return this.#rows.delete(textOfKey(key));
  }

  clear(): void {
    this.#rows = new Map();
  }

  /** The values of a row's key; null where there is no key. Throws RowError. */
  #keyOf(given: Record<string, unknown>): Value[] | null {
    const values = this.#readGiven(given);
    const keyFields = this.keyFields;
    return keyFields.length === 0 ? null : keyFields.map((field) => this.#keyPart(values, field));
  }

  #readGiven(given: Record<string, unknown>): Map<number, Value> {
    const values = new Map<number, Value>();
    for (const [name, value] of Object.entries(given)) {
      const field = this.field(name);
      if (field === undefined)
        throw new RowError('InvalidColumn', `The column [${name}] does not exist in the data extension.`);
      values.set(this.fields.indexOf(field), readValue(field, value));
    }
    return values;
  }

  #keyPart(values: Map<number, Value>, field: Field): Value {
    const value = values.get(this.fields.indexOf(field)) ?? null;
    if (value === null || value === '')
      throw new RowError(
        'PrimaryKeyMissing',
        `${field.name}: The primary key field [${field.name}] has no value.`,
        field,
      );
    return value;
  }

  #append(mode: WriteMode, values: Map<number, Value>): 'added' {
    if (mode !== 'add')
      throw new RowError('NoPrimaryKey', 'The data extension has no primary key; rows can only be added.');
    return this.#add(mode, `row ${++this.#unkeyed}`, values);
  }

  #add(mode: WriteMode, key: string, values: Map<number, Value>): 'added' {
    if (mode === 'update') throw new RowError('RowNotFound', 'No row was found for the primary key.');
    this.fields.forEach((field, index) => {
      if (!values.has(index) && field.defaultValue !== '') values.set(index, readValue(field, field.defaultValue));
    });
    this.#check(values, true);
    this.#rows.set(key, { values: this.fields.map((_, index) => values.get(index) ?? null) });
    return 'added';
  }

  /** Required columns hold something: all of them in a new row, the named ones in one that is there. */
  #check(values: Map<number, Value>, isNew: boolean): void {
    this.fields.forEach((field, index) => {
      if (!field.isRequired || (!isNew && !values.has(index))) return;
      const value = values.get(index) ?? null;
      if (value === null || value === '')
        throw new RowError(
          'RequiredFieldMissing',
          `${field.name}: The required field [${field.name}] has no value.`,
          field,
        );
    });
  }
}

function textOfKey(key: readonly Value[]): string {
  return JSON.stringify(key.map(keyText));
}
