import type { Org } from '../org.ts';
import type { Row } from '../store/table.ts';
import type { Column, Value } from '../tables/column.ts';
import { isLookup, targetOf } from './properties.ts';

/** A value as people see it; null where it has no other form. */
export function formatted(org: Org, row: Row, column: Column, value: Value): string | null {
  if (isLookup(column)) return nameOf(org, targetOf(row, column), value);
  switch (column.type) {
    case 'Boolean':
      return labelOf(column, value === true ? 1 : 0);
    case 'Picklist':
    case 'State':
    case 'Status':
      return labelOf(column, Number(value));
    case 'MultiSelectPicklist':
      return String(value)
        .split(',')
        .map((one) => labelOf(column, Number(one)) ?? '')
        .join('; ');
    case 'Money':
      return `€${grouped(Number(value), 2)}`;
    case 'Decimal':
    case 'Double':
      return grouped(Number(value), column.precision ?? 2);
    case 'Integer':
    case 'BigInt':
      return grouped(Number(value), 0);
    case 'DateTime':
      return inWords(String(value), column.format === 'DateOnly');
    default:
      return null;
  }
}

const labelOf = ({ options = [] }: Column, value: number): string | null =>
  options.find((option) => option.value === value)?.label ?? null;

function nameOf(org: Org, target: string, id: Value): string | null {
  const table = org.table(target);
  const row = table?.rows.get(String(id));
  return row === undefined ? null : String(row.values[table?.definition.primaryName ?? ''] ?? '');
}

const grouped = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** `6/15/2026 10:00 AM`, by the time zone of the user, which is UTC. */
function inWords(text: string, isDay: boolean): string {
  const date = new Date(text);
  const dayText = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  if (isDay) return dayText;
  const hours = date.getUTCHours();
  const minutes = String(date.getUTCMinutes()).padStart(2, '0');
  return `${dayText} ${hours % 12 === 0 ? 12 : hours % 12}:${minutes} ${hours < 12 ? 'AM' : 'PM'}`;
}
