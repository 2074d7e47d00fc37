import { Select } from '@mantine/core';
import type { ColumnType } from '../../../../contract/types.ts';
import classes from './filter.module.css';

/** What can be filtered, ordered or chosen: a remote field, or a column of a table. */
export interface FilterField {
  name: string;
  label: string;
  type: ColumnType;
  /** What stands beside its name in lists. */
  typeText: string;
  /** The values it can have, where that is known. */
  values?: readonly { value: string; label: string }[] | undefined;
}

interface FieldSelectProps {
  fields: readonly FilterField[];
  value: string;
  onChange(name: string): void;
  label: string;
  /** A sentence, or only that there is one. */
  problem?: string | true | null;
  readOnly: boolean;
}

/** One field: shown by its name, found by name or label, with its type in the list. */
export function FieldSelect({ fields, value, onChange, label, problem, readOnly }: FieldSelectProps) {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const names = byName.has(value) || value === '' ? [...byName.keys()] : [value, ...byName.keys()];
  const isFound = (name: string, search: string): boolean =>
    `${name} ${byName.get(name)?.label ?? ''}`.toLowerCase().includes(search.trim().toLowerCase());
  return (
    <Select
      aria-label={label}
      placeholder={label}
      data={names}
      value={value || null}
      onChange={(next) => onChange(next ?? '')}
      filter={({ options, search }) =>
        options.filter((option) => 'value' in option && isFound(option.value, search === value ? '' : search))
      }
      renderOption={({ option }) => <FieldOption name={option.value} field={byName.get(option.value)} />}
      comboboxProps={{ width: 300, position: 'bottom-start' }}
      error={problem}
      readOnly={readOnly}
      rightSectionWidth={22}
      searchable
    />
  );
}

/** Name and type, and the label where it says more than the name. */
export function FieldOption({ name, field }: { name: string; field: FilterField | undefined }) {
  const label = field && field.label.replaceAll(' ', '') !== name ? field.label : '';
  return (
    <span className={classes.fieldOption}>
      <span>
        {name} <span className={classes.aside}>{label}</span>
      </span>
      <span className={classes.type}>{field?.typeText}</span>
    </span>
  );
}
