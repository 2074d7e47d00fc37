/** Columns that a node declares because nobody else can know them while drawing: rows that come from another workflow. */
import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import type { FormField } from '../../contract/form.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, scan } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import { columnTypeSchema, columnTypes } from '../../contract/types.ts';

const declaredColumnSchema = z.strictObject({
  name: z.string().max(255).default(''),
  type: columnTypeSchema.default('text'),
});
export const declaredColumnsSchema = z.array(declaredColumnSchema).max(1_000);
type Declared = z.output<typeof declaredColumnsSchema>;

/** A list setting of that name; the label and hint say what the rows are. */
export const declaredColumnsField = (field: Pick<FormField, 'name' | 'label' | 'hint' | 'when'>): FormField => ({
  ...field,
  kind: 'list',
  addLabel: 'Add a column',
  initial: { name: '', type: 'text' },
  item: [
    { kind: 'text', name: 'name', label: 'Name', placeholder: 'Email' },
    {
      kind: 'choice',
      name: 'type',
      label: 'Type',
      display: 'select',
      choices: columnTypes.map((type) => ({ value: type, label: type })),
    },
  ],
});

/** Those with a name of their own. */
export function declaredColumns(declared: Declared): Column[] {
  return declared
    .filter(({ name }, index) => name !== '' && declared.findIndex((one) => one.name === name) === index)
    .map(({ name, type }) => ({ name, label: name, type }));
}

/** Adds a problem for each column that cannot be one. */
export function refineDeclared(declared: Declared, list: string, ctx: z.RefinementCtx): void {
  declared.forEach(({ name }, index) => {
    const repeated = declared.findIndex((one) => one.name === name) !== index;
    const message = name === '' ? 'give the column a name' : `another column is called "${name}" too`;
    if (name === '' || repeated) ctx.addIssue({ code: 'custom', path: [list, index, 'name'], message });
  });
}

/** The declared columns of rows that came. Throws UserError COLUMN_UNKNOWN or TYPE_MISMATCH where they do not fit. */
export function fitDeclared(table: TableRef, declared: readonly Column[]): Relation {
  const columns = declared.map(({ name, type }) => {
    const found = table.columns.find((own) => own.name === name);
    if (!found) throw new UserError('COLUMN_UNKNOWN', { column: name });
    if (found.type !== type)
      throw new UserError('TYPE_MISMATCH', { column: name, reason: `it is ${found.type}, not ${type}` });
    return { ...found, expr: column(name) };
  });
  return { op: 'project', input: scan(table), columns };
}
