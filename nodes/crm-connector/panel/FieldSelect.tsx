import { Select } from '@mantine/core';
import type { RemoteField } from '../../../contract/connector.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

interface FieldSelectProps {
  fields: readonly RemoteField[];
  value: string;
  onChange(name: string): void;
  label: string;
  /** A sentence, or only that there is one. */
  problem?: string | true | null;
  readOnly: boolean;
}

/** One remote field: shown by its name, found by name or label, with its type in the list. */
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

/** The CRM's word for the type, and what a person has to know of it beside. */
function typeText({ remoteType, values, calculated }: RemoteField): string {
  return [remoteType, ...(values ? [texts.values(values.length)] : []), ...(calculated ? [texts.formula] : [])].join(
    ' · ',
  );
}

/** Name and type, and the label where it says more than the name. */
export function FieldOption({ name, field }: { name: string; field: RemoteField | undefined }) {
  const label = field && field.label.replaceAll(' ', '') !== name ? field.label : '';
  return (
    <span className={classes.fieldOption}>
      <span>
        {name} <span className={classes.aside}>{label}</span>
      </span>
      <span className={classes.type}>{field ? typeText(field) : ''}</span>
    </span>
  );
}
