/** Choices made from what a table says of itself. */
import { emptyFilter } from '../../../contract/filter.ts';
import type { Column } from '../../../contract/types.ts';
import type { ChosenColumn, QueryConfig } from '../config.ts';

export const toChosen = ({ name, label, type, identifying, personal }: Column): ChosenColumn => ({
  name,
  label,
  type,
  ...(identifying ? { identifying } : {}),
  ...(personal ? { personal } : {}),
});

/** A new table keeps nothing of the old one's columns: all of its own are chosen. */
export function withTable(config: QueryConfig, table: string, columns: readonly Column[]): QueryConfig {
  if (table === config.table) return config;
  return { ...config, table, columns: columns.map(toChosen), filter: emptyFilter, orderBy: [] };
}
