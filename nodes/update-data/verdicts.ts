/** Why a row is rejected, as columns of the plan. */
import type { ErrorCode, ErrorDetails } from '../../contract/errors.ts';
import { describeError } from '../../contract/errors.ts';
import type { Expr, Predicate, ProjectedColumn } from '../../contract/relation.ts';
import { column, literal } from '../../contract/relation.ts';
import { rejectColumns } from '../kit/rejects.ts';
import type { UpdateDataConfig } from './definition.ts';
import type { Target, Targets } from './targets.ts';

export const isNull = (value: Expr): Predicate => ({ op: 'isNull', value });
export const isNotNull = (value: Expr): Predicate => ({ op: 'isNotNull', value });
const text = (value: string): Expr => literal(value, 'text');

/** A reason to reject, the first that holds wins. */
export interface Verdict {
  if: Predicate;
  /** By reject column. */
  give: Expr[];
}

export const preparedVerdict: Verdict = {
  if: isNotNull(column('errorCode')),
  give: rejectColumns.map(({ name }) => column(name)),
};

function verdict(test: Predicate, code: ErrorCode, details: ErrorDetails, fields: readonly string[]): Verdict {
  const { message } = describeError(code, details);
  return { if: test, give: [text(code), text(code), text(message), text(fields.join(', '))] };
}

export function emptyKey(key: Target, value: Expr): Verdict {
  const blank: Predicate = { op: 'eq', left: value, right: text('') };
  const empty: Predicate = key.column.type === 'text' ? { op: 'or', items: [isNull(value), blank] } : isNull(value);
  return verdict(empty, 'KEY_EMPTY', { column: key.blame }, [key.blame]);
}

export function verdictsOf(config: UpdateDataConfig, targets: Targets): Verdict[] {
  const fields = targets.key.map((key) => key.blame);
  if (config.operation === 'delete') return [preparedVerdict];
  const later = (name: string): Predicate => ({ op: 'gt', left: column(name), right: literal(1, 'integer') });
  const repeated: Predicate =
    config.duplicates === 'none' ? { op: 'or', items: [later('place'), later('placeFromEnd')] } : later('place');
  const duplicate = verdict(repeated, 'DUPLICATE_KEY', {}, fields);
  const found = column('found');
  if (config.operation === 'insert')
    return [preparedVerdict, duplicate, verdict(isNotNull(found), 'ALREADY_EXISTS', {}, fields)];
  if (config.operation === 'update')
    return [preparedVerdict, duplicate, verdict(isNull(found), 'NO_MATCH', {}, fields)];
  return [preparedVerdict, duplicate];
}

export function reasonColumns(list: readonly Verdict[]): ProjectedColumn[] {
  return rejectColumns.map((one, place) => {
    const when = list.map((reason) => ({ if: reason.if, give: reason.give[place] ?? literal(null, 'text') }));
    const expr: Expr = when.length === 0 ? literal(null, 'text') : { op: 'case', when, else: literal(null, 'text') };
    return { ...one, expr };
  });
}
