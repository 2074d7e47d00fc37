import { Select } from '@mantine/core';
import type { Column } from '../../../contract/types.ts';
import type { MappedField } from '../exportConfig.ts';
import { exportTexts as texts } from './exportTexts.ts';
import classes from './Mapping.module.css';

type Source = MappedField['source'];

interface SourceSelectProps {
  label: string;
  source: Source;
  columns: readonly Column[];
  onChange(source: Source): void;
  readOnly: boolean;
  /** In a row of the mapping: the label is read out, and there is no frame until it is needed. */
  inRow?: boolean;
  /** Left out: columns only. */
  withCode?: boolean;
  hint?: string;
  problem?: string | true | null;
}

/** Columns may be called anything: their names stand behind a mark. */
const ofColumn = (name: string): string => `=${name}`;
const code = 'code';
const computed = { group: texts.computed, items: [{ value: code, label: texts.code }] };

/** A column that arrives, or JavaScript. */
export function SourceSelect({ label, source, columns, onChange, readOnly, ...look }: SourceSelectProps) {
  const { inRow = false, withCode = false, hint, problem } = look;
  const chosen = source.kind === 'column' ? source.column : '';
  const types = new Map(columns.map(({ name, type }) => [ofColumn(name), texts.typeOf(type)]));
  const gone = chosen !== '' && !columns.some(({ name }) => name === chosen);
  const choices = [
    ...(gone ? [{ value: ofColumn(chosen), label: texts.gone(chosen) }] : []),
    ...columns.map(({ name }) => ({ value: ofColumn(name), label: name })),
  ];
  return (
    <Select
      {...(inRow
        ? { 'aria-label': label, className: classes.source, size: 'xs', title: chosen || undefined }
        : { label, description: hint })}
      placeholder={inRow ? texts.chooseSource : texts.chooseColumn}
      data={withCode ? [computed, { group: texts.columns, items: choices }] : choices}
      value={source.kind === 'expression' ? code : chosen === '' ? null : ofColumn(chosen)}
      onChange={(next) => {
        if (next === code) onChange({ kind: 'expression', code: chosen === '' ? '' : codeOf(chosen) });
        else if (next !== null) onChange({ kind: 'column', column: next.slice(1) });
      }}
      renderOption={({ option }) => (
        <span className={classes.option}>
          {option.label}
          <span className={classes.type}>{types.get(option.value)}</span>
        </span>
      )}
      nothingFoundMessage={texts.noColumns}
      comboboxProps={{ width: inRow ? 260 : 'target', position: 'bottom-start' }}
      error={problem}
      readOnly={readOnly}
      rightSectionWidth={inRow ? 20 : undefined}
      searchable
      allowDeselect={false}
    />
  );
}

/** What stood there as a column, to go on from. */
const codeOf = (column: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(column) ? `record.${column}` : `record[${JSON.stringify(column)}]`;
