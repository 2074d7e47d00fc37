import { expect, test } from 'vitest';
import type { RemoteField } from '../../contract/connector.ts';
import { convertRecords, convertTexts, readFields } from './values.ts';

const types: Record<string, Pick<RemoteField, 'type' | 'remoteType'>> = {
  Id: { type: 'text', remoteType: 'id' },
  Name: { type: 'text', remoteType: 'string' },
  Count: { type: 'integer', remoteType: 'int' },
  Amount: { type: 'decimal', remoteType: 'currency' },
  Score: { type: 'number', remoteType: 'double' },
  Flag: { type: 'boolean', remoteType: 'boolean' },
  Day: { type: 'date', remoteType: 'date' },
  At: { type: 'datetime', remoteType: 'datetime' },
};
const names = Object.keys(types);
const order = names.map((_, index) => index);
const fields = (raw: string[] = []) => readFields(names, (name) => types[name] as RemoteField, raw);
const bulk = (texts: string[], raw?: string[]) => convertTexts([texts], order, fields(raw));
const rest = (record: Record<string, unknown>) => convertRecords([record], fields(), 'Id');

const canonical = ['001', 'a', 0, '12500000', 0.5, true, '2024-01-31', '2024-01-31T23:30:00.000Z'];

test.each([
  ['1', ['001', 'a', '0', '12500000', '0.5', 'true', '2024-01-31', '2024-01-31T23:30:00.000Z']],
  ['2', ['001', 'a\0', '0.0', '1.25E7', '5.0E-1', 'true', '2024-01-31', '2024-01-31T23:30:00.000+0000']],
  ['3', ['001', '\0a', '-0.0', '12500000.00', '.5', '1', '2024-01-31', '2024-02-01T00:30:00.000+01:00']],
])('texts that mean the same give the same cells (%s)', (_, texts) => {
  expect(bulk(texts).rows).toEqual([canonical]);
});

test('records of REST give the cells that texts of Bulk give', () => {
  const record = { Id: '001', Name: 'a', Count: 0, Amount: '1.25E7', Score: 0.5, Flag: true, Day: '2024-01-31' };
  expect(rest({ ...record, At: '2024-01-31T23:30:00.000+0000' }).rows).toEqual([canonical]);
});

test('nothing, an empty text and a text of U+0000 are no value by either way', () => {
  const nothing = ['001', null, null, null, null, null, null, null];
  expect(bulk(['001', '', '', '', '', '', '', '']).rows).toEqual([nothing]);
  expect(bulk(['001', '\0', '', '', '', '', '', ''])).toMatchObject({ rows: [nothing], cleaned: 1 });
  expect(rest({ Id: '001', Name: '\0', Count: null, Amount: null, Day: '' })).toMatchObject({
    rows: [nothing],
    cleaned: 1,
  });
});

test('the text of the source is that of REST', () => {
  const texts = ['001', 'a', '7.0', '1.25E7', '0.5', 'true', '2024-01-31', '2024-01-31T23:30:00.000Z'];
  const copied = ['001', 'a', '7', '1.25E7', '0.5', 'true', '2024-01-31', '2024-01-31T23:30:00.000+0000'];
  expect(bulk(texts, names).rows).toEqual([copied]);
});

test('what cannot be read as its type is a reject that names the field and keeps the record', () => {
  const page = bulk(['001', 'a', '1.5', '', '', 'maybe', '2024-02-30', '2024-01-31T25:00:00.000Z']);
  expect(page.rows).toEqual([]);
  expect(page.rejects).toMatchObject([
    {
      id: '001',
      code: 'RECORD_MALFORMED',
      fields: ['Count', 'Flag', 'Day', 'At'],
      record: { Name: 'a', Count: '1.5' },
    },
  ]);
  expect(bulk(['', 'a', '', '', '', '', '', '']).rejects).toMatchObject([{ id: null, fields: ['Id'] }]);
});
