import { describe, expect, it } from 'vitest';
import type { RemoteField, RemoteObjectDetails } from '../../../contract/connector.ts';
import type { Column, ColumnType } from '../../../contract/types.ts';
import { defaults } from '../config.ts';
import type { ExportConfig } from '../exportConfig.ts';
import {
  keyRow,
  missingFields,
  openMatches,
  withFields,
  withKey,
  withMatches,
  withMode,
  withOperation,
  withoutFields,
  writableFields,
} from './mapping.ts';

const field = (name: string, settings: Partial<RemoteField> = {}): RemoteField => ({
  name,
  label: name,
  remoteType: 'string',
  type: 'text',
  nullable: true,
  filterable: true,
  sortable: true,
  createable: true,
  updateable: true,
  calculated: false,
  required: false,
  key: false,
  identifying: false,
  personal: false,
  ...settings,
});
const details: RemoteObjectDetails = {
  name: 'Contact',
  label: 'Contact',
  queryable: true,
  custom: false,
  createable: true,
  updateable: true,
  deletable: true,
  undeletable: true,
  idField: 'Id',
  fields: [
    field('Id', { label: 'Contact ID', key: true, createable: false, updateable: false }),
    field('LastName', { required: true }),
    field('Email'),
    field('Number__c', { key: true }),
    field('Origin__c', { updateable: false }),
    field('CreatedDate', { createable: false, updateable: false }),
  ],
  indexFields: [],
  operators: [],
};
const columns: Column[] = ['Id', 'last_name', 'E-Mail', 'number'].map((name) => ({
  name,
  label: name,
  type: 'text' satisfies ColumnType,
}));
const none = defaults.export;
/** "last_name → LastName" for each row. */
const rowsOf = ({ mapping }: ExportConfig) =>
  mapping.map(({ source, field }) => `${source.kind === 'column' ? source.column : source.code} → ${field}`);

describe('the mapping of an export', () => {
  it('offers the fields that the mode can write, and never the record id', () => {
    const names = (mode: ExportConfig['mode']) => writableFields(details, mode).map(({ name }) => name);
    expect(names('insert')).toEqual(['LastName', 'Email', 'Number__c', 'Origin__c']);
    expect(names('update')).toEqual(['LastName', 'Email', 'Number__c']);
    expect(names('automatic')).toEqual(names('insert'));
  });

  it('has the row of the key first, with the column called like it', () => {
    const mapped = withFields(none, ['LastName', 'Number__c'], details, columns);
    const byNumber = withKey(mapped, 'Number__c', details, columns);
    expect(rowsOf(byNumber)).toEqual(['number → Number__c', 'last_name → LastName']);
    const byId = withKey(byNumber, 'Id', details, columns);
    expect(rowsOf(byId)).toEqual(['Id → Id', 'number → Number__c', 'last_name → LastName']);
    expect(rowsOf(withKey(byId, '', details, columns))).toEqual(['number → Number__c', 'last_name → LastName']);
  });

  it('leaves the key out of no row', () => {
    const mapped = withFields(none, ['Number__c'], details, columns);
    const conditional = mapped.mapping.map((row) => ({ ...row, onlyIf: 'false', empty: 'clear' as const }));
    const { mapping } = withKey({ ...mapped, mapping: conditional }, 'Number__c', details, columns);
    expect(mapping).toMatchObject([{ field: 'Number__c', onlyIf: '', empty: 'keep', source: { column: 'number' } }]);
  });

  it('shows the row of a key that a file leaves out', () => {
    expect(keyRow({ ...none, key: 'Id' }, details)).toMatchObject({ mapped: { field: 'Id' }, index: 0 });
    expect(keyRow(none, details)).toBeNull();
  });

  it('has no key where rows are only inserted', () => {
    const byId = withKey(none, 'Id', details, columns);
    expect(withMode(byId, 'insert', details, columns)).toMatchObject({ mode: 'insert', key: '', mapping: [] });
    expect(withMode(byId, 'upsert', details, columns)).toMatchObject({ mode: 'upsert', key: 'Id' });
  });

  it('names what a new record is refused without, as long as records are created', () => {
    const names = (settings: ExportConfig) => missingFields(settings, details).map(({ name }) => name);
    expect(names(none)).toEqual(['LastName']);
    expect(names({ ...none, mode: 'update' })).toEqual([]);
    expect(names(withFields(none, ['LastName'], details, columns))).toEqual([]);
    expect(missingFields({ ...none, required: [{ name: 'Company', label: 'Company' }] })).toHaveLength(1);
  });

  it('matches what is open, and leaves alone what a person has chosen', () => {
    const chosen = withFields(none, ['Email'], details, []);
    const byNumber = withKey({ ...chosen, mapping: chosen.mapping }, 'Number__c', details, []);
    const own = {
      ...byNumber.mapping[1],
      source: { kind: 'expression', code: '1' },
    } as ExportConfig['mapping'][number];
    const settings = { ...byNumber, mapping: [...byNumber.mapping.slice(0, 1), own] };
    const matches = openMatches(settings, details, columns);
    const after = withMatches(settings, matches, details);
    expect(rowsOf(after)).toEqual(['number → Number__c', '1 → Email', 'last_name → LastName']);
    expect(openMatches(after, details, columns).matched).toEqual([]);
  });

  it('matches the record id only where it is the key', () => {
    const fields = (settings: ExportConfig) => openMatches(settings, details, columns).matched.map((one) => one.field);
    expect(fields(none)).not.toContain('Id');
    expect(fields({ ...none, key: 'Id' })).toContain('Id');
  });

  it('is the record id alone for a deletion, and nothing but it outlives another object', () => {
    const mapped = withKey(withFields(none, ['Email'], details, columns), 'Id', details, columns);
    const deletion = withOperation({ ...defaults, operation: 'delete', export: mapped }, columns);
    expect(rowsOf(deletion.export)).toEqual(['Id → Id']);
    expect(rowsOf(withoutFields(mapped))).toEqual(['Id → Id']);
    expect(withoutFields(withKey(mapped, 'Number__c', details, columns))).toMatchObject({ key: '', mapping: [] });
  });
});
