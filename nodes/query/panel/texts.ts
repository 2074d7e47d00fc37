/** Texts of this panel, in one place. */
export const texts = {
  columns: 'Columns',
  columnsOf: (chosen: number, all: number) => `${chosen} of ${all}`,
  addColumns: 'Add columns …',
  addColumn: 'Add column',
  all: 'All columns',
  moveUp: (name: string) => `Move ${name} up`,
  remove: (name: string) => `Remove ${name}`,
  gone: 'not in the table any more',
  column: 'Column',
  filter: 'Filter',
  filterRules:
    'Each level is all of or any of; groups nest. The right side is JavaScript, evaluated once: a number, a date, true or false, or a text in quotes that fits the column. Text is compared exactly; contains and starts with take upper and lower case as one. ≠ gives rows without a value too.',
  sql: 'SQL',
  sqlHint:
    'One SELECT over tables of local data, read only. Dates are text such as 2026-01-31; names with capitals or spaces can stand in double quotes.',
  sqlPlaceholder: 'SELECT "Email", count(*) AS orders\nFROM orders\nWHERE total > :least\nGROUP BY "Email"',
  tables: 'Tables',
  noTables: 'There is no table of local data yet. Replicate or Update data makes one.',
  propose: 'Take the columns from the SELECT',
} as const;
