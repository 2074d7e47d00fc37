import { badRequest } from '../errors.ts';
import type { Filter, Operand } from '../odata/filter.ts';

type Json = Record<string, unknown>;

/** Whether a piece of metadata passes a filter. Paths such as `CanCreateAttributes/Value` lead into its parts. */
export function holds(filter: Filter, one: Json): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.items.every((item) => holds(item, one));
    case 'or':
      return filter.items.some((item) => holds(item, one));
    case 'not':
      return !holds(filter.item, one);
    case 'compare': {
      const [left, right] = [readOperand(filter.left, one), readOperand(filter.right, one)];
      if (filter.operator === 'eq') return left === right;
      if (filter.operator === 'ne') return left !== right;
      break;
    }
  }
  throw badRequest('0x80060888', 'Metadata is filtered by eq and ne, and, or and not only.');
}

function readOperand(operand: Operand, one: Json): unknown {
  if (operand.kind === 'literal') return operand.literal.value;
  return operand.path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Json)[name] : undefined),
    one,
  );
}
