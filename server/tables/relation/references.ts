/** Which columns expressions read, and what becomes of an expression when a projection below it is looked through. */
import type { Expr, Predicate, Relation } from '../../../contract/relation.ts';

export function namesIn(expr: Expr): string[] {
  switch (expr.op) {
    case 'column':
      return [expr.name];
    case 'rowId':
    case 'rid':
    case 'literal':
      return [];
    case 'call':
      return expr.args.flatMap(namesIn);
    case 'case':
      return [
        ...expr.when.flatMap((branch) => [...namesInPredicate(branch.if), ...namesIn(branch.give)]),
        ...namesIn(expr.else),
      ];
  }
}

export function namesInPredicate(where: Predicate): string[] {
  switch (where.op) {
    case 'and':
    case 'or':
      return where.items.flatMap(namesInPredicate);
    case 'not':
      return namesInPredicate(where.item);
    case 'isNull':
    case 'isNotNull':
    case 'in':
    case 'contains':
    case 'startsWith':
      return namesIn(where.value);
    default:
      return [...namesIn(where.left), ...namesIn(where.right)];
  }
}

/** What of a row is no column: its `_id` or its `_rid`. */
type Hidden = 'rowId' | 'rid';

/** Whether an expression reads it. */
export function reads(hidden: Hidden, expr: Expr): boolean {
  if (expr.op === hidden) return true;
  if (expr.op === 'call') return expr.args.some((arg) => reads(hidden, arg));
  if (expr.op !== 'case') return false;
  const inBranch = expr.when.some((branch) => reads(hidden, branch.give) || predicateReads(hidden, branch.if));
  return inBranch || reads(hidden, expr.else);
}

export function predicateReads(hidden: Hidden, where: Predicate): boolean {
  switch (where.op) {
    case 'and':
    case 'or':
      return where.items.some((item) => predicateReads(hidden, item));
    case 'not':
      return predicateReads(hidden, where.item);
    case 'isNull':
    case 'isNotNull':
    case 'in':
    case 'contains':
    case 'startsWith':
      return reads(hidden, where.value);
    default:
      return reads(hidden, where.left) || reads(hidden, where.right);
  }
}

export function inputsOf(relation: Relation): Relation[] {
  switch (relation.op) {
    case 'scan':
    case 'local':
      return [];
    case 'join':
      return [relation.left, relation.right];
    case 'set':
      return relation.inputs;
    default:
      return [relation.input];
  }
}

/** Every table a relation reads, each once per place it stands in. */
export function leavesOf(relation: Relation): (Relation & { op: 'scan' | 'local' })[] {
  if (relation.op === 'scan' || relation.op === 'local') return [relation];
  return inputsOf(relation).flatMap(leavesOf);
}

/** The expression with columns replaced by what they stand for; other columns stay. */
export function substitute(expr: Expr, by: ReadonlyMap<string, Expr>): Expr {
  switch (expr.op) {
    case 'column':
      return by.get(expr.name) ?? expr;
    case 'rowId':
    case 'rid':
    case 'literal':
      return expr;
    case 'call':
      return { ...expr, args: expr.args.map((arg) => substitute(arg, by)) };
    case 'case':
      return {
        op: 'case',
        when: expr.when.map((branch) => ({
          if: substituteIn(branch.if, by),
          give: substitute(branch.give, by),
        })),
        else: substitute(expr.else, by),
      };
  }
}

function substituteIn(where: Predicate, by: ReadonlyMap<string, Expr>): Predicate {
  switch (where.op) {
    case 'and':
    case 'or':
      return { op: where.op, items: where.items.map((item) => substituteIn(item, by)) };
    case 'not':
      return { op: 'not', item: substituteIn(where.item, by) };
    case 'isNull':
    case 'isNotNull':
      return { op: where.op, value: substitute(where.value, by) };
    case 'in':
    case 'contains':
    case 'startsWith':
      return { ...where, value: substitute(where.value, by) };
    default:
      return { ...where, left: substitute(where.left, by), right: substitute(where.right, by) };
  }
}

/** Whether a relation can be evaluated again at the cost of reading its rows. */
export function isCheap(relation: Relation): boolean {
  if (relation.op === 'rank' || relation.op === 'join' || relation.op === 'group' || relation.op === 'set')
    return false;
  return inputsOf(relation).every(isCheap);
}
