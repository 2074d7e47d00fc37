/** Sets of records as relations: when two records are the same, what is in all of them, what is in only one. */
import { z } from 'zod';
import type { Issue } from '../../contract/errors.ts';
import { UserError } from '../../contract/errors.ts';
import type { FormField } from '../../contract/form.ts';
import type { CheckScope } from '../../contract/node.ts';
import type { Expr, Predicate, ProjectedColumn, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, scan } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import { columnIssues } from './columns.ts';
import { emptyToNull, normalisationChoices, normalisations, normalised } from './keys.ts';

export const setKeySchema = z.strictObject({
  column: z.string().max(255).default(''),
  normalise: z.enum(normalisations).default('none'),
});
export type SetKey = z.output<typeof setKeySchema>;
export const setKeysSchema = z.array(setKeySchema).max(20);

/** `shared`: whole records are compared, over the columns that all inputs have. */
export interface Sameness {
  sameBy: 'keys' | 'shared';
  keys: SetKey[];
}

export const keysField: FormField = {
  kind: 'list',
  name: 'keys',
  label: 'Keys',
  hint: 'Columns that every input has. All of them must be equal; a record with an empty key is the same as no other.',
  addLabel: 'Add a key',
  initial: { column: '', normalise: 'none' },
  item: [
    { kind: 'column', name: 'column', label: 'Column' },
    {
      kind: 'choice',
      name: 'normalise',
      label: 'Compare',
      display: 'select',
      hint: 'Only for text. The rows themselves are not changed.',
      choices: normalisationChoices,
    },
  ],
  when: { name: 'sameBy', is: ['keys'] },
};

/** Adds a problem where keys are asked for and not given. */
export function refineSameness(
  { sameBy, keys }: Sameness | { sameBy: string; keys: SetKey[] },
  ctx: z.RefinementCtx,
): void {
  if (sameBy !== 'keys') return;
  const problem = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  if (keys.length === 0) problem(['keys'], 'choose what makes two records the same');
  keys.forEach((key, index) => {
    if (key.column === '') problem(['keys', index, 'column'], 'choose a column');
  });
}

export function samenessIssues({ sameBy, keys }: { sameBy: string; keys: SetKey[] }, scope: CheckScope): Issue[] {
  return sameBy === 'keys' ? keys.flatMap((key, index) => columnIssues(scope, key.column, `keys.${index}.column`)) : [];
}

export const keyText = ({ sameBy, keys }: { sameBy: string; keys: SetKey[] }): string =>
  sameBy === 'keys'
    ? keys
        .map((key) => key.column)
        .filter(Boolean)
        .join(', ')
        .slice(0, 60)
    : 'all shared columns';

/** The columns that all have, as the first has them. */
export function sharedColumns(lists: readonly (readonly Column[])[]): Column[] {
  const [first = [], ...others] = lists;
  return first.filter(({ name }) => others.every((columns) => columns.some((own) => own.name === name)));
}

/** Every column once, as the first that has it; in that order. */
export function allColumns(lists: readonly (readonly Column[])[]): Column[] {
  return [...Map.groupBy(lists.flat(), ({ name }) => name).values()].flatMap(([first]) => first ?? []);
}

interface Key {
  column: string;
  normalise: SetKey['normalise'];
}

/** What is compared. Throws UserError COLUMN_UNKNOWN for a key that an input lacks, and where nothing is shared. */
export function chooseKeys({ sameBy, keys }: Sameness, tables: readonly TableRef[]): Key[] {
  const chosen: Key[] =
    sameBy === 'keys'
      ? keys
      : sharedColumns(tables.map((table) => table.columns)).map(({ name }) => ({ column: name, normalise: 'none' }));
  const missing = chosen.find(({ column: name }) =>
    tables.some((table) => !table.columns.some((own) => own.name === name)),
  );
  if (missing) throw new UserError('COLUMN_UNKNOWN', { column: missing.column });
  if (chosen.length === 0)
    throw new UserError('CONFIG_INVALID', { field: 'sameBy', reason: 'the inputs have no column in common' });
  requireOneType(
    chosen.map((key) => key.column),
    tables,
  );
  return chosen;
}

/** Columns that are laid over each other must be of one type. Throws UserError TYPE_MISMATCH. */
export function requireOneType(names: readonly string[], tables: readonly TableRef[]): void {
  for (const name of names) {
    const found = tables.flatMap((table) => table.columns.filter((own) => own.name === name).map((own) => own.type));
    const types = [...new Set(found)];
    if (types.length > 1)
      throw new UserError('TYPE_MISMATCH', {
        column: name,
        reason: `it is ${types.join(' in one input and ')} in another`,
      });
  }
}

function keyExpr(key: Key, columns: readonly Column[], mode: Sameness['sameBy']): Expr {
  const value = column(key.column);
  const text = columns.find((own) => own.name === key.column)?.type === 'text';
  return text && mode === 'keys' ? emptyToNull(normalised(value, key.normalise)) : value;
}

/** The rows of `left` that have a partner in `right`, or that have none. Whole records are the same also where both have no value. */
export function partnered(
  kind: 'semi' | 'anti',
  left: Relation,
  right: TableRef,
  { keys, columns, sameBy }: { keys: readonly Key[]; columns: readonly Column[]; sameBy: Sameness['sameBy'] },
): Relation {
  const on = keys.map((key) => ({
    left: keyExpr(key, columns, sameBy),
    right: keyExpr(key, right.columns, sameBy),
    nullSafe: sameBy === 'shared',
  }));
  return { op: 'join', kind, left, right: scan(right), on };
}

const placed = (index: number): string => `own${index}`;
const keyName = (index: number): string => `key${index}`;

/** The rows of all, one per key if there are keys, with these columns; empty where an input lacks one. The first input wins. */
export function unionRows(
  inputs: readonly { rows: Relation; columns: readonly Column[] }[],
  columns: readonly Column[],
  same: { keys: readonly Key[]; sameBy: Sameness['sameBy'] } | null,
): Relation {
  const laid = inputs.map(
    ({ rows, columns: own }): Relation => ({
      op: 'project',
      input: rows,
      columns: [...columns.map((one, index) => laidColumn(one, index, own)), ...keyColumns(same, own)],
    }),
  );
  const final = columns.map((one, index): ProjectedColumn => ({ ...one, expr: column(placed(index)) }));
  return { op: 'project', input: same ? oncePerKey(laid, same) : every(laid), columns: final };
}

function laidColumn(one: Column, index: number, own: readonly Column[]): ProjectedColumn {
  const has = own.some(({ name }) => name === one.name);
  return { ...one, name: placed(index), expr: has ? column(one.name) : literal(null, one.type) };
}

function keyColumns(
  same: { keys: readonly Key[]; sameBy: Sameness['sameBy'] } | null,
  own: readonly Column[],
): ProjectedColumn[] {
  return (same?.keys ?? []).map((key, index) => ({
    name: keyName(index),
    label: '',
    type: own.find(({ name }) => name === key.column)?.type ?? 'text',
    expr: keyExpr(key, own, same?.sameBy ?? 'shared'),
  }));
}

const every = (inputs: Relation[]): Relation => ({ op: 'set', kind: 'unionAll', inputs, by: [] });

/** Records without a key are the same as none, so all of them stay; they come last. */
function oncePerKey(
  laid: Relation[],
  { keys, sameBy }: { keys: readonly Key[]; sameBy: Sameness['sameBy'] },
): Relation {
  const by = keys.map((_, index) => keyName(index));
  if (sameBy === 'shared') return { op: 'set', kind: 'union', inputs: laid, by };
  const empty: Predicate = { op: 'or', items: by.map((name) => ({ op: 'isNull', value: column(name) })) };
  const filtered = (where: Predicate): Relation[] => laid.map((input) => ({ op: 'filter', input, where }));
  const keyed: Relation = { op: 'set', kind: 'union', inputs: filtered({ op: 'not', item: empty }), by };
  return every([keyed, ...filtered(empty)]);
}
