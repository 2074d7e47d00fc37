/** Each row with what decides about it: a flag per subset, and what the subsets are ordered by. */
import type { ResolvedFilter } from '../../contract/filter.ts';
import { resolveFilter } from '../../contract/filter.ts';
import type { Expr, Predicate, ProjectedColumn, Relation, TableRef } from '../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import { dayInZone } from '../kit/days.ts';
import type { NodeContext } from '../kit/run.ts';
import type { SplitConfig, Subset } from './definition.ts';
import { ranks } from './definition.ts';
import { samples, side } from './side.ts';

/** Names of the columns of the candidates. */
export const candidate = {
  row: 'row',
  flag: (subset: number): string => `flag${subset}`,
  rank: (subset: number): string => `rank${subset}`,
  sample: 'sample',
};

const placed = (index: number): string => `own${index}`;

/** One candidate per row of the input, without those for which JavaScript failed. Throws UserError FILTER_VALUE and those of expressions. */
export async function candidatesOf(
  context: NodeContext<SplitConfig>,
  input: TableRef,
  beside: TableRef | null,
): Promise<Relation> {
  const { subsets } = context.config;
  const flags: ProjectedColumn[] = [];
  for (const [index, subset] of subsets.entries()) {
    const test = await conditionOf(context, subset, index, input);
    flags.push({ name: candidate.flag(index), label: '', type: 'boolean', expr: truth(test) });
  }
  const ranked = subsets.flatMap((subset, index) => rankColumn(subset, index, input));
  const sample: ProjectedColumn[] = samples(context.config)
    ? [{ name: candidate.sample, label: '', type: 'integer', expr: column(side.sample) }]
    : [];
  const row: ProjectedColumn = { name: candidate.row, label: '', type: 'integer', expr: rowId };
  return {
    op: 'project',
    input: withSide(context.config, input, beside),
    columns: [row, ...flags, ...ranked, ...sample],
  };
}

const truth = (test: Predicate): Expr => either(test, literal(true, 'boolean'), literal(false, 'boolean'));

/** The input's columns go by their place from here on, so that none can be called like one of ours. */
function withSide({ subsets }: SplitConfig, input: TableRef, beside: TableRef | null): Relation {
  const columns = input.columns.map((one, index) => ({ ...one, name: placed(index), expr: column(one.name) }));
  const left: Relation = { op: 'project', input: scan(input), columns };
  if (!beside) return left;
  const reasons = new Set(['errorCode', 'errorSymbol', 'errorMessage', 'errorFields', side.row]);
  const values = beside.columns.filter((one) => !reasons.has(one.name));
  const fine: Relation = { op: 'filter', input: scan(beside), where: { op: 'isNull', value: column(side.failed) } };
  const asked = subsets.some((subset) => subset.kind === 'expression');
  return {
    op: 'join',
    kind: 'inner',
    left,
    right: asked ? fine : scan(beside),
    on: [{ left: rowId, right: column(side.row) }],
    columns: values.map((as) => ({ from: as.name, as })),
  };
}

const own = (name: string, columns: readonly Column[]): Expr =>
  column(placed(columns.findIndex((one) => one.name === name)));

function rankColumn(subset: Subset, index: number, { columns }: TableRef): ProjectedColumn[] {
  const by = ranks(subset) ? columns.find((one) => one.name === subset.by) : undefined;
  return by ? [{ name: candidate.rank(index), label: '', type: by.type, expr: own(by.name, columns) }] : [];
}

async function conditionOf(
  context: NodeContext<SplitConfig>,
  subset: Subset,
  index: number,
  { columns }: TableRef,
): Promise<Predicate> {
  if (subset.kind === 'all') return { op: 'and', items: [] };
  if (subset.kind === 'expression')
    return { op: 'eq', left: column(side.answer(index)), right: literal(true, 'boolean') };
  const { column: field, operator, value } = subset;
  const resolved = await resolveFilter(
    { kind: 'group', operator: 'and', items: [{ kind: 'condition', field, operator, value }] },
    (expression) => context.evaluate(expression),
    async () => ({
      typeOf: (name) => columns.find((one) => one.name === name)?.type ?? null,
      dayOf: (instant) => dayInZone(instant, context.timeZone),
    }),
  );
  return toPredicate(resolved, columns);
}

function toPredicate(filter: ResolvedFilter, columns: readonly Column[]): Predicate {
  if (filter.kind === 'group')
    return { op: filter.operator, items: filter.items.map((item) => toPredicate(item, columns)) };
  const type = columns.find((one) => one.name === filter.field)?.type ?? 'text';
  const left = own(filter.field, columns);
  const none: Predicate = { op: 'isNull', value: left };
  const blank: Predicate = { op: 'eq', left, right: literal('', 'text') };
  const empty: Predicate = type === 'text' ? { op: 'or', items: [none, blank] } : none;
  switch (filter.operator) {
    case 'isEmpty':
      return empty;
    case 'isNotEmpty':
      return { op: 'not', item: empty };
    case 'contains':
    case 'startsWith':
      return { op: filter.operator, value: left, text: String(filter.value) };
    // Whoever asks for "not x" means also the records that have nothing there.
    case 'ne':
      return { op: 'different', left, right: literal(filter.value, type) };
    default:
      return { op: filter.operator, left, right: literal(filter.value, type) };
  }
}
