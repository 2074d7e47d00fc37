import { Select } from '@mantine/core';
import type { Column } from '../../../contract/types.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

interface ColumnSelectProps {
  /** Read out; it stands nowhere. */
  label: string;
  value: string;
  columns: readonly Column[];
  onChange(column: string): void;
  wrong: boolean;
  readOnly: boolean;
}

/** A column that arrives, in a row of the mapping: no frame until it is needed. */
export function ColumnSelect({ label, value, columns, onChange, wrong, readOnly }: ColumnSelectProps) {
  const types = new Map(columns.map(({ name, type }) => [name, texts.typeOf(type)]));
  const gone = value !== '' && !types.has(value);
  return (
    <Select
      aria-label={label}
      className={classes.source ?? ''}
      size="xs"
      placeholder={texts.choose}
      data={[
        ...(gone ? [{ value, label: texts.gone(value) }] : []),
        ...columns.map(({ name }) => ({ value: name, label: name })),
      ]}
      value={value || null}
      onChange={(next) => next !== null && onChange(next)}
      renderOption={({ option }) => (
        <span className={classes.spread}>
          {option.label}
          <span className={classes.type}>{types.get(option.value)}</span>
        </span>
      )}
      nothingFoundMessage={texts.noColumns}
      comboboxProps={{ width: 260, position: 'bottom-start' }}
      error={wrong}
      readOnly={readOnly}
      rightSectionWidth={20}
      searchable
      allowDeselect={false}
    />
  );
}
