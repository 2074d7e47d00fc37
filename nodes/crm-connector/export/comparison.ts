/** When two values are the same to the CRM. Cells are canonical, so that 1.50 is 1.5 and an instant has one form already. */
import type { Cell, ColumnType } from '../../../contract/types.ts';
import { canonicalText, foldText } from '../../../contract/types.ts';
import type { Compared } from './rounding.ts';
import { rounded } from './rounding.ts';

/**
 * Text is compared by case, without the spaces around it, which no CRM keeps, and whatever its line ends, which CRMs write their
 * own way; what is then empty is no value. Instants count by the second, as CRMs keep them, and numbers by the digits of the field. A checkbox without a value is not ticked. Choices of a list have no order, and the case of the
 * list, however they were written.
 */
export const isSame = (field: Compared, one: Cell, other: Cell): boolean => formOf(field, one) === formOf(field, other);

function formOf({ type, remoteType, scale }: Compared, cell: Cell): string | null {
  const text = canonicalText(type, cell);
  if (type === 'boolean') return text ?? 'false';
  if (text === null) return null;
  if (type === 'datetime') return text.slice(0, 19);
  if (scale !== undefined && (type === 'decimal' || type === 'number')) return rounded(text, scale);
  if (remoteType === 'multipicklist') return choicesOf(foldText(text));
  if (remoteType === 'picklist') return foldText(text.trim()) || null;
  return type === 'text' ? text.replaceAll('\r\n', '\n').trim() || null : text;
}

function choicesOf(text: string): string | null {
  const choices = text.split(';').map((choice) => choice.trim());
  return [...new Set(choices.filter((choice) => choice !== ''))].sort().join(';') || null;
}

/** The form in which keys are found: CRMs take two texts that differ by case alone for one key. Null: there is no key. */
export function keyForm(type: ColumnType, cell: Cell): string | null {
  const text = canonicalText(type, cell);
  if (text === null) return null;
  return (type === 'text' ? foldText(text.trim()) : text) || null;
}
