import { describe, expect, it } from 'vitest';
import type { CheckScope } from '../../contract/node.ts';
import { definition } from './definition.ts';
import type { ExportConfig, MappedField } from './exportConfig.ts';
import { exportDefaults } from './exportConfig.ts';

const node = { id: 'n', type: 'crm-connector', name: 'crm', label: 'CRM', x: 0, y: 0, config: {} };
const columns = [
  { name: 'id', label: 'id', type: 'text' as const },
  { name: 'name', label: 'name', type: 'text' as const },
  { name: 'active', label: 'active', type: 'boolean' as const },
];
const inputs = [{ fromNode: 'before', port: 'success', columns }];
const scope: CheckScope = { node, inputs, connections: null, workflows: null, workflow: 'drawn' };

function mapped(field: string, column: string, more: Partial<MappedField> = {}): MappedField {
  const source = { kind: 'column' as const, column };
  return { field, label: field, type: 'text', source, conversion: 'default', empty: 'keep', onlyIf: '', ...more };
}
const name = mapped('LastName', 'name');

function issues(more: Partial<ExportConfig>, operation = 'export', where = scope): string[] {
  const config = { ...definition.defaults, operation, object: 'Contact', export: { ...exportDefaults, ...more } };
  const found = definition.check?.(config, where) ?? [];
  return found.map(({ severity, code, path, message }) => `${severity} ${code} ${path ?? ''}: ${message}`);
}

describe('an export, while it is drawn', () => {
  it('is fine with a key that is mapped, fields that fit and all that a record needs', () => {
    const required = [{ name: 'LastName', label: 'Last Name' }];
    expect(issues({ mode: 'upsert', key: 'Ext__c', mapping: [mapped('Ext__c', 'id'), name], required })).toEqual([]);
    expect(issues({ key: 'Id', mapping: [mapped('Id', 'id')] }, 'delete')).toEqual([]);
  });

  it.each([
    ['that is not mapped', 'Since__c', /map Since__c/],
    ['by which nothing can be newer', 'LastName', /LastName is no date and no number/],
    ['that finds the record', 'No__c', /No__c is no date/],
  ])('refuses a field that tells what is newer %s', (_, newer, reason) => {
    const mapping = [mapped('No__c', 'id', { type: 'integer', conversion: 'copy' }), name];
    const found = issues({ mode: 'update', key: 'No__c', newer, mapping });
    expect(found.filter((text) => text.startsWith('error CONFIG_INVALID export.newer'))).toEqual([
      expect.stringMatching(reason),
    ]);
    expect(issues({ mode: 'insert', newer, mapping: [name] })).toEqual([]);
  });

  it('needs rows that arrive', () => {
    expect(issues({}, 'export', { ...scope, inputs: [] })).toEqual([expect.stringContaining('error INPUT_MISSING')]);
  });

  it.each(['update', 'upsert'] as const)('refuses %s without a key', (mode) => {
    expect(issues({ mode, mapping: [name] })).toEqual([
      expect.stringMatching(/^error CONFIG_INVALID export.key: .*choose by what/),
    ]);
  });

  it.each([
    ['a key that is not mapped', { mode: 'update' as const, key: 'Ext__c', mapping: [name] }, 'export.key'],
    ['a record id for new records', { mode: 'insert' as const, key: 'Id', mapping: [name] }, 'export.key'],
    ['nothing to write', { mode: 'update' as const, key: 'Id', mapping: [mapped('Id', 'id')] }, 'export.mapping'],
    [
      'a record id that is no key',
      { mode: 'insert' as const, mapping: [name, mapped('Id', 'id')] },
      'export.mapping.1.field',
    ],
    [
      'one field twice',
      { mode: 'insert' as const, mapping: [name, mapped('lastname', 'id')] },
      'export.mapping.1.field',
    ],
    ['a field without a name', { mode: 'insert' as const, mapping: [mapped('', 'id')] }, 'export.mapping.0.field'],
    [
      'a field without a source',
      { mode: 'insert' as const, mapping: [mapped('LastName', '')] },
      'export.mapping.0.source.column',
    ],
  ])('refuses %s', (_, settings, path) => {
    expect(issues(settings)).toEqual([expect.stringContaining(`error CONFIG_INVALID ${path}: `)]);
  });

  it('names a column that does not arrive, and code that cannot be read', () => {
    expect(issues({ mode: 'insert', mapping: [mapped('LastName', 'gone')] })).toEqual([
      expect.stringContaining('error COLUMN_UNKNOWN export.mapping.0.source.column'),
    ]);
    const source = { kind: 'expression' as const, code: '1 +' };
    expect(issues({ mode: 'insert', mapping: [{ ...name, source, onlyIf: ')' }] })).toEqual([
      expect.stringContaining('error CODE_SYNTAX export.mapping.0.source.code'),
      expect.stringContaining('error CODE_SYNTAX export.mapping.0.onlyIf'),
    ]);
  });

  it('warns that all rows are inserted where automatic has no key', () => {
    expect(issues({ mode: 'automatic', mapping: [name] })).toEqual([
      expect.stringMatching(/^warning CONFIG_INVALID export.mode: .*all rows are inserted/),
    ]);
  });

  it('names what a new record needs and nothing is mapped to: a warning where rows may be updates', () => {
    const required = [
      { name: 'LastName', label: 'Last Name' },
      { name: 'Code__c', label: 'Code' },
    ];
    const needed = 'REQUIRED_MISSING export.mapping: A record needs a value for Code.';
    expect(issues({ mode: 'insert', mapping: [name], required })).toEqual([`error ${needed}`]);
    const keyed = { key: 'Ext__c', mapping: [mapped('Ext__c', 'id'), name], required };
    expect(issues({ mode: 'upsert', ...keyed })).toEqual([`warning ${needed}`]);
    expect(issues({ mode: 'update', ...keyed })).toEqual([]);
  });

  it('warns of a column of which no value fits the field', () => {
    expect(issues({ mode: 'insert', mapping: [mapped('Birthdate', 'active', { type: 'date' })] })).toEqual([
      'warning TYPE_MISMATCH export.mapping.0.source: active: it holds boolean, and Birthdate takes date; every row with a value will be rejected.',
    ]);
    expect(issues({ mode: 'insert', mapping: [mapped('Birthdate', 'name', { type: 'date' })] })).toEqual([]);
  });

  it('deletes by ids that some column holds', () => {
    expect(issues({ key: '', mapping: [] }, 'delete')).toEqual([
      expect.stringContaining('error CONFIG_INVALID export.mapping'),
    ]);
  });
});

describe('what leaves an export', () => {
  const outcome = (more: Partial<ExportConfig>, operation = 'export') => {
    const config = { ...definition.defaults, operation, export: { ...exportDefaults, ...more } };
    const byPort = definition.columns(config, [
      { fromNode: 'before', port: 'success', columns: [{ name: 'outcome', label: '', type: 'text' }] },
    ]);
    return {
      ports: definition.ports(config).map((port) => port.name),
      columns: Object.fromEntries(Object.entries(byPort).map(([port, list]) => [port, list?.map((one) => one.name)])),
      writes: definition.writesOutside?.(config) ?? null,
    };
  };

  it('is each row with what became of it; columns of the same name keep theirs', () => {
    const reject = ['errorCode', 'errorSymbol', 'errorMessage', 'errorFields', 'outcome'];
    expect(outcome({ processErrors: true })).toEqual({
      ports: ['success', 'reject', 'error', 'doubt'],
      columns: { success: ['outcome', 'recordId', '_outcome'], reject, error: ['outcome'], doubt: reject },
      writes: expect.stringContaining('insert or update'),
    });
    const approval = { ...exportDefaults.approval, deletes: null };
    expect(outcome({ approval }, 'delete').ports).toEqual(['success', 'reject', 'doubt']);
  });

  it('hides keys, values and messages from those who may not see what is personal', () => {
    const config = { ...definition.defaults, operation: 'export', export: { ...exportDefaults, planOnly: true } };
    const byPort = definition.columns(config, inputs);
    const personal = (port: string) => byPort[port]?.filter((one) => one.personal).map(({ name }) => name);
    expect(personal('plan')).toEqual(expect.arrayContaining(['key', 'values', 'before']));
    expect(personal('reject')).toContain('errorMessage');
  });

  it('is its plan too, where a person may be asked about it', () => {
    expect(outcome({}, 'delete').ports).toEqual(['success', 'reject', 'doubt', 'plan']);
    expect(outcome({}).ports).not.toContain('plan');
    const approval = { ...exportDefaults.approval, always: true };
    expect(outcome({ approval }).ports).toContain('plan');
  });

  it('is a plan where nothing is to be written yet', () => {
    expect(outcome({ planOnly: true })).toMatchObject({
      ports: ['plan', 'reject'],
      columns: { plan: ['outcome', 'action', 'recordId', 'key', 'values', 'before'] },
      writes: null,
    });
  });
});
