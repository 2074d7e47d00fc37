import type { Column } from '../../../contract/types.ts';
import { ColumnSelect } from '../../kit/panel/mapping/ColumnSelect.tsx';
import type { MappedField } from '../exportConfig.ts';
import { exportTexts as texts } from './exportTexts.ts';

type Source = MappedField['source'];

interface SourceSelectProps {
  label: string;
  source: Source;
  columns: readonly Column[];
  onChange(source: Source): void;
  problem: true | null;
  readOnly: boolean;
}

/** In a row of the mapping: a column that arrives, or JavaScript. */
export function SourceSelect({ source, onChange, ...select }: SourceSelectProps) {
  const column = source.kind === 'column' ? source.column : '';
  return (
    <ColumnSelect
      {...select}
      value={column}
      onChange={(next) => onChange({ kind: 'column', column: next })}
      other={{
        label: texts.code,
        chosen: source.kind === 'expression',
        onChoose: () => onChange({ kind: 'expression', code: column === '' ? '' : codeOf(column) }),
      }}
      inLine
    />
  );
}

/** What stood there as a column, to go on from. */
const codeOf = (column: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(column) ? `record.${column}` : `record[${JSON.stringify(column)}]`;
