import { describe, expect, it } from 'vitest';
import type { ExtensionColumn } from '../../../contract/dataExtension.ts';
import type { Column } from '../../../contract/types.ts';
import type { DataExtensionConfig } from '../config.ts';
import { defaults } from '../config.ts';
import {
  keyLines,
  misfitOf,
  missingColumns,
  openColumns,
  openMatches,
  withAttributes,
  withLine,
  withMatches,
} from './mapping.ts';

const remote = (name: string, more: Partial<ExtensionColumn> = {}): ExtensionColumn => ({
  name,
  remoteType: 'Text',
  type: 'text',
  key: false,
  required: false,
  ...more,
});
const lines = {
  columns: [
    remote('OrderId', { key: true, required: true }),
    remote('LineNumber', { key: true, required: true, type: 'integer' }),
    remote('Product'),
    remote('Quantity', { required: true, type: 'integer' }),
  ],
};
const columns: Column[] = ['order_id', 'line number', 'PRODUCT', 'Colour'].map((name) => ({
  name,
  label: name,
  type: 'text',
}));
const config = (more: Partial<DataExtensionConfig> = {}): DataExtensionConfig => ({ ...defaults, ...more });

describe('the primary key', () => {
  it('has a line for each of its columns, in its order, before anything is chosen', () => {
    const found = keyLines(config({ key: [{ column: 'n', attribute: 'linenumber' }] }), lines);
    expect(found.map(({ index, line, column }) => [index, line.column, column?.name])).toEqual([
      [1, '', 'OrderId'],
      [0, 'n', 'LineNumber'],
    ]);
  });

  it('keeps a line that is no part of it in sight, so that it can be removed', () => {
    const found = keyLines(config({ key: [{ column: 'p', attribute: 'Product' }] }), lines);
    expect(found.map(({ line, column }) => [line.attribute, column?.name ?? null])).toEqual([
      ['OrderId', 'OrderId'],
      ['LineNumber', 'LineNumber'],
      ['Product', null],
    ]);
  });

  it('takes a column for a line that is not there yet', () => {
    const [first] = keyLines(config(), lines);
    expect(withLine(config(), first!, { column: 'order_id', attribute: 'OrderId' }).key).toEqual([
      { column: 'order_id', attribute: 'OrderId' },
    ]);
  });
});

describe('matching by name', () => {
  it('fills key and attributes, and leaves what has no namesake', () => {
    const matches = openMatches(config(), lines, columns);
    const { key, attributes } = withMatches(config(), lines, matches);
    expect(key).toEqual([
      { column: 'order_id', attribute: 'OrderId' },
      { column: 'line number', attribute: 'LineNumber' },
    ]);
    expect(attributes).toEqual([{ column: 'PRODUCT', attribute: 'Product' }]);
    expect(openMatches(config({ key, attributes }), lines, columns).matched).toEqual([]);
  });

  it('fills an attribute that was added without a column, and takes none that is used already', () => {
    const bare = config({ attributes: [{ column: '', attribute: 'product' }], custom: ['line number'] });
    const next = withMatches(bare, lines, openMatches(bare, lines, columns));
    expect(next.attributes).toEqual([{ column: 'PRODUCT', attribute: 'product' }]);
    expect(next.key).toEqual([{ column: 'order_id', attribute: 'OrderId' }]);
  });
});

describe('attributes', () => {
  it('are offered as long as nothing fills them, whatever their case', () => {
    const filled = config({ attributes: [{ column: 'PRODUCT', attribute: '' }], custom: ['quantity'] });
    expect(openColumns(filled, lines)).toEqual([]);
    expect(openColumns(config(), lines).map(({ name }) => name)).toEqual(['Product', 'Quantity']);
  });

  it('are added with the column that is called like them', () => {
    expect(withAttributes(config(), ['Product', 'Quantity'], columns).attributes).toEqual([
      { column: 'PRODUCT', attribute: 'Product' },
      { column: '', attribute: 'Quantity' },
    ]);
  });

  it('that new rows need are named only where rows are added', () => {
    expect(missingColumns(config({ mode: 'upsert' }), lines)).toEqual(['Quantity']);
    expect(missingColumns(config({ mode: 'update' }), lines)).toEqual([]);
  });
});

it('types fit as the run converts them', () => {
  expect([misfitOf('boolean', 'datetime'), misfitOf('text', 'integer'), misfitOf('date', 'datetime')]).toEqual([
    'all',
    'some',
    null,
  ]);
  expect(misfitOf('json', 'text')).toBeNull();
});
