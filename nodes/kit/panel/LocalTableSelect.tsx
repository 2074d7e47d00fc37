import { Select } from '@mantine/core';
import type { Column } from '../../../contract/types.ts';
import type { PanelContext } from './context.ts';
import type { FilterField } from './filter/FieldSelect.tsx';
import classes from './panel.module.css';
import { texts } from './texts.ts';

/** Tables of local data that people can read: names that begin with "_" are Syncline's own. */
export function useReadableTables(context: PanelContext) {
  const { data, error, loading } = context.useLocalTables();
  return { tables: (data ?? []).filter(({ name }) => !name.startsWith('_')), error, loading };
}

export const toFields = (columns: readonly Column[]): FilterField[] =>
  columns.map(({ name, label, type }) => ({ name, label, type, typeText: type }));

interface LocalTableSelectProps {
  value: string;
  onChange(name: string, columns: readonly Column[]): void;
  readOnly: boolean;
  context: PanelContext;
}

/** One table that is there, to be read; one that was chosen stays, whether it is there or not. */
export function LocalTableSelect({ value, onChange, readOnly, context }: LocalTableSelectProps) {
  const { tables, error, loading } = useReadableTables(context);
  const problem = context.useIssues('table')[0]?.message ?? null;
  const missing = context.useMissing('table');
  const byName = new Map(tables.map((table) => [table.name, table]));
  const names = value === '' || byName.has(value) ? [...byName.keys()] : [value, ...byName.keys()];
  return (
    <div className={classes.field} data-path="table" data-missing={missing || undefined}>
      <Select
        label={texts.table}
        placeholder={loading ? texts.loading : texts.chooseReadTable}
        data={names}
        value={value || null}
        onChange={(next) => next !== null && onChange(next, byName.get(next)?.columns ?? [])}
        renderOption={({ option }) => (
          <span className={classes.option}>
            {option.value}
            <span className={classes.type}>
              {byName.has(option.value) ? texts.rows(byName.get(option.value)?.rows ?? 0) : texts.noTable}
            </span>
          </span>
        )}
        nothingFoundMessage={texts.noTables}
        error={problem ?? error?.message}
        readOnly={readOnly}
        allowDeselect={false}
        searchable
      />
    </div>
  );
}
