import { Select } from '@mantine/core';
import type { Column } from '../../../../contract/types.ts';
import classes from './mapping.module.css';
import { mappingTexts as texts } from './texts.ts';

interface ColumnSelectProps {
  label: string;
  /** The name of a column; empty: none is chosen. */
  value: string;
  columns: readonly Column[];
  onChange(column: string): void;
  readOnly: boolean;
  /** In a line of a mapping: the label is read out, and there is no frame until it is needed. */
  inLine?: boolean;
  hint?: string;
  /** A sentence, or only that there is one. */
  problem?: string | true | null;
  /** What may stand instead of a column. */
  other?: { label: string; chosen: boolean; onChoose(): void };
}

/** Columns may be called anything: their names stand behind a mark. */
const ofColumn = (name: string): string => `=${name}`;
const otherValue = 'other';

/** One of the columns that arrive; one that does not any more stays the choice, and says so. */
export function ColumnSelect({ label, value, columns, onChange, readOnly, ...look }: ColumnSelectProps) {
  const { inLine = false, hint, problem, other } = look;
  const types = new Map(columns.map(({ name, type }) => [ofColumn(name), texts.typeOf(type)]));
  const gone = value !== '' && !types.has(ofColumn(value));
  const choices = [
    ...(gone ? [{ value: ofColumn(value), label: texts.gone(value) }] : []),
    ...columns.map(({ name }) => ({ value: ofColumn(name), label: name })),
  ];
  const computed = other && { group: texts.computed, items: [{ value: otherValue, label: other.label }] };
  return (
    <Select
      {...(inLine
        ? { 'aria-label': label, className: classes.source ?? '', size: 'xs', title: value || undefined }
        : { label, description: hint })}
      placeholder={inLine ? texts.chooseSource : texts.chooseColumn}
      data={computed ? [computed, { group: texts.arriving, items: choices }] : choices}
      value={chosenOf(value, other?.chosen ?? false)}
      onChange={(next) => {
        if (next === otherValue) other?.onChoose();
        else if (next !== null) onChange(next.slice(1));
      }}
      renderOption={({ option }) => <TypedOption name={option.label} type={types.get(option.value)} />}
      nothingFoundMessage={columns.length === 0 ? texts.noColumns : texts.noneFound}
      comboboxProps={{ width: inLine ? 260 : 'target', position: 'bottom-start' }}
      error={problem}
      readOnly={readOnly}
      rightSectionWidth={inLine ? 20 : undefined}
      searchable
      allowDeselect={false}
    />
  );
}

function chosenOf(value: string, isOther: boolean): string | null {
  if (isOther) return otherValue;
  return value === '' ? null : ofColumn(value);
}

/** A name with its type at the end. */
export function TypedOption({ name, type }: { name: string; type: string | undefined }) {
  return (
    <span className={classes.option}>
      {name}
      <span className={classes.type}>{type}</span>
    </span>
  );
}
