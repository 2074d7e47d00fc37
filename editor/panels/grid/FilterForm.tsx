import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { FilterOperator } from '../../../contract/filter.ts';
import { type Column, type ColumnType, toCell } from '../../../contract/types.ts';
import { t } from '../../texts/t.ts';
import type { ColumnFilter } from './useRows.ts';

const bare: readonly FilterOperator[] = ['isEmpty', 'isNotEmpty'];

function operatorsOf(type: ColumnType): FilterOperator[] {
  if (type === 'boolean') return ['eq', 'ne', ...bare];
  if (type === 'json') return [...bare];
  const ordered: FilterOperator[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];
  return type === 'text' ? ['contains', 'startsWith', ...ordered, ...bare] : [...ordered, ...bare];
}

interface FilterFormProps {
  column: Column;
  current: ColumnFilter | null;
  /** null: without this filter. */
  onApply(filter: ColumnFilter | null): void;
}

/** One condition on one column. */
export function FilterForm({ column, current, onApply }: FilterFormProps) {
  const operators = operatorsOf(column.type);
  const [operator, setOperator] = useState<FilterOperator>(current?.operator ?? operators[0] ?? 'eq');
  const [text, setText] = useState(current?.value === null || current === null ? '' : String(current.value));
  const [problem, setProblem] = useState<string | null>(null);
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const cell = bare.includes(operator) ? ({ ok: true, value: null } as const) : toCell(column.type, text);
    if (cell.ok) onApply({ column: column.name, operator, value: cell.value });
    else setProblem(cell.reason);
  };
  return (
    <form onSubmit={apply}>
      <Stack gap="sm">
        <Select
          aria-label={t('filter.operator')}
          data={operators.map((value) => ({ value, label: t(`filter.${value}`) }))}
          value={operator}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          onChange={(value) => setOperator(value as FilterOperator)}
        />
        {!bare.includes(operator) && (
          <TextInput
            aria-label={t('filter.value')}
            placeholder={t('filter.value')}
            data-autofocus
            value={text}
            error={problem}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setProblem(null);
            }}
          />
        )}
        <Group gap="sm" justify="flex-end">
          {current && <Button onClick={() => onApply(null)}>{t('filter.remove')}</Button>}
          <Button type="submit" variant="filled">
            {t('filter.apply')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
