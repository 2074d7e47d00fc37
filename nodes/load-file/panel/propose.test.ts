import { expect, it } from 'vitest';
import { configSchema, defaults } from '../config.ts';
import { propose } from './propose.ts';

const of = (text: string, cut = false) => propose(Buffer.from(text), cut);
const types = (text: string) => of(text)?.columns.map(({ name, type, format }) => `${name} ${type} ${format}`.trim());

it('takes names, separator and types from the lines of a sample, and what it proposes can be used', () => {
  const text =
    'Kunde Id;E-Mail;Geboren;Umsatz;PLZ;Aktiv;Seit\n1;a@x.de;31.12.1990;1,50;01067;true;2024-01-31 08:00\n2;b@x.de;;20,00;10115;false;2024-02-01 09:30:00\n';
  const proposal = of(text);
  expect(proposal).toMatchObject({ format: 'delimited', separator: 'semicolon', header: true, encoding: 'utf-8' });
  expect(types(text)).toEqual([
    'Kunde Id integer',
    'E-Mail text',
    'Geboren date dd.MM.yyyy',
    'Umsatz decimal ,',
    'PLZ text',
    'Aktiv boolean',
    'Seit datetime',
  ]);
  expect(proposal?.columns.map(({ identifying, personal }) => [identifying, personal])).toEqual([
    [true, false],
    [true, true],
    ...Array.from({ length: 5 }, () => [false, false]),
  ]);
  const config = { ...defaults, connection: 'files', path: 'a.csv', ...proposal };
  expect(configSchema.safeParse(config).error?.issues).toBeUndefined();
});

it('numbers columns that have no names', () => {
  expect(types('1,ann\n2,bob\n')).toEqual(['Column 1 integer', 'Column 2 text']);
  expect(of('1,ann\n')?.header).toBe(false);
});

it.each([
  ['31/12/2024\n01/02/2024\n', 'dd/MM/yyyy'],
  ['12/31/2024\n01/02/2024\n', 'MM/dd/yyyy'],
  ['2024-12-31\n', ''],
])('reads the dates of %j', (text, format) => {
  expect(of(`Day,x\n${text.replaceAll('\n', ',1\n')}`)?.columns[0]).toMatchObject({ type: 'date', format });
});

it('leaves out the last line when the sample is cut within it', () => {
  expect(types('N\n1\n2\nab')).toEqual(['N text']);
  expect(of('N\n1\n2\nab', true)?.columns[0]?.type).toBe('integer');
});

it('knows JSON lines and their types', () => {
  const text = '{"id":1,"mail":"a@x.de","tags":["a"],"ok":true,"sum":1.5,"none":null}\n{"id":2}\n';
  expect(of(text)?.format).toBe('jsonLines');
  expect(types(text)).toEqual(['id integer', 'mail text', 'tags json', 'ok boolean', 'sum number', 'none text']);
});

it.each([
  [Buffer.from('\uFEFFName,Größe\n', 'utf16le'), 'utf-16le'],
  [Buffer.from('Name,Gr\xf6\xdfe\n', 'latin1'), 'windows-1252'],
])('knows the encoding of %j', (bytes, encoding) => {
  expect(propose(bytes, false)).toMatchObject({ encoding, columns: [{ name: 'Name' }, { name: 'Größe' }] });
});

it('proposes nothing for what is no text', () => {
  expect(propose(Buffer.from([0x1f, 0x8b, 0, 0, 1]), false)).toBeNull();
  expect(of(' \n')).toBeNull();
  expect(of('{"a":1}\nnot json\n')).toBeNull();
});
