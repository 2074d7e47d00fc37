/** The ways a row can be wrong. */
export const ROW_DEFECTS = ['wrong-type', 'lone-surrogate', 'nul', 'no-attributes', 'not-an-object'] as const;
export type RowDefect = (typeof ROW_DEFECTS)[number];

type Row = Record<string, unknown>;

const SPOIL: Record<RowDefect, (row: Row) => unknown> = {
  'wrong-type': (row) => ({ ...row, [lastField(row)]: { unexpected: ['nested', 1] } }),
  'lone-surrogate': (row) => ({ ...row, [lastField(row)]: `half a pair \ud83d here` }),
  nul: (row) => ({ ...row, [lastField(row)]: 'before\u0000after' }),
  'no-attributes': ({ attributes: _attributes, ...row }) => row,
  'not-an-object': () => 'not an object',
};

/** Spoils the first row of a page, or with no defect named the first rows, each in another way; other bodies stay. */
export function malformRows(body: string, defect?: RowDefect): string {
  if (body.startsWith('"') && (defect ?? 'nul') === 'nul') return spoilCsv(body);
  if (!body.startsWith('{"totalSize"')) return body;
  const page = JSON.parse(body) as { records: Row[] };
  const defects = defect === undefined ? ROW_DEFECTS : [defect];
  const records = page.records.map((row, i) => (defects[i] === undefined ? row : SPOIL[defects[i]](row)));
  return JSON.stringify({ ...page, records });
}

/** Results of the Bulk API carry U+0000 now and then; here it stands at the end of the first cell after the header. */
function spoilCsv(body: string): string {
  return body.replace(/^([^\n]*\n"[^"]*)"/, '$1\u0000"');
}

/** The last field that is not the identity of the record. */
function lastField(row: Row): string {
  return Object.keys(row).findLast((name) => !['attributes', 'Id', 'SystemModstamp'].includes(name)) ?? 'Id';
}
