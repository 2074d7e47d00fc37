import { expect, test } from 'vitest';
import type { ColumnType } from '../../contract/types.ts';
import type { Chosen } from './odata.ts';
import { convertRows, quoteExactNumbers } from './values.ts';

function chosen(property: string, type: ColumnType): Chosen {
  const rest = { label: '', remoteType: '', nullable: true, filterable: true, sortable: true, createable: true };
  const more = {
    updateable: true,
    calculated: false,
    required: false,
    key: false,
    identifying: false,
    personal: false,
  };
  const field = { name: property, type, ...rest, ...more };
  return { name: property, wire: { field, property, kind: 'plain', way: null }, path: [] };
}

const fields = [chosen('revenue', 'decimal'), chosen('name', 'text'), chosen('employees', 'integer')];
const read = (text: string, raw: string[] = []) =>
  convertRows(JSON.parse(quoteExactNumbers(text, fields, new Set(raw))) as unknown[], fields, new Set(raw), 'id');

test('numbers keep all their digits, and a text that looks like a member is left alone', () => {
  const text = '[{"id":"1","revenue":922337203685477.2501,"name":"x \\"revenue\\":12345678901234567.5","employees":5}]';
  expect(read(text).rows).toEqual([['922337203685477.2501', 'x "revenue":12345678901234567.5', 5]]);
});

test('what is wanted as it came keeps its form', () => {
  expect(read('[{"id":"1","revenue":1.50,"name":null,"employees":5}]', ['revenue']).rows).toEqual([['1.50', null, 5]]);
});

test('a row that is not as described is told with what is wrong, one without an id too', () => {
  const { rows, rejects } = read('[{"id":"1","revenue":"x","name":{"a":1},"employees":1.5},{"name":"y"},7]');
  expect(rows).toEqual([]);
  expect(rejects).toMatchObject([
    { id: '1', code: 'RECORD_MALFORMED', fields: ['revenue', 'name', 'employees'] },
    { id: null, message: 'it has no id' },
    { id: null, record: 7 },
  ]);
});
