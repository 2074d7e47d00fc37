import { Button } from '@mantine/core';
import { ColumnSelect } from '../../kit/panel/mapping/ColumnSelect.tsx';
import { LineProblem, MappingLine } from '../../kit/panel/mapping/MappingLine.tsx';
import { attributeOf } from '../config.ts';
import type { MappedLine, MappingScope } from './mapping.ts';
import { misfitOf, withLine, withoutLine } from './mapping.ts';
import { texts } from './texts.ts';

interface MappingRowProps extends MappingScope {
  mapped: MappedLine;
  /** The last matching of names gave it. */
  fresh: boolean;
}

/** A column that arrives → a column of the data extension, types below. */
export function MappingRow(props: MappingRowProps) {
  const { config, mapped, fresh, columns, change, readOnly, context } = props;
  const { list, index, line, column } = mapped;
  const name = column?.name ?? attributeOf(line);
  const path = `${list}.${index}`;
  const problem = context.useIssues(path)[0]?.message ?? null;
  const isKey = list === 'key' && column !== null;
  const from = columns.find((one) => one.name === line.column)?.type;
  return (
    <MappingLine
      path={path}
      isKey={isKey}
      fresh={fresh}
      source={
        <ColumnSelect
          label={texts.source(name)}
          value={line.column}
          columns={columns}
          onChange={(chosen) => change(withLine(config, mapped, { column: chosen, attribute: name }))}
          problem={problem === null ? null : true}
          readOnly={readOnly}
          inLine
        />
      }
      sourceText={from ? texts.typeOf(from) : ''}
      target={name}
      targetText={column ? targetText(mapped) : ''}
      name={name}
      onRemove={isKey || readOnly ? undefined : () => change(withoutLine(config, mapped))}
    >
      <Remark {...props} problem={problem} />
    </MappingLine>
  );
}

const targetText = ({ column }: MappedLine): string =>
  [
    ...(column?.key ? [texts.isKey] : []),
    texts.remoteType(column?.remoteType ?? '', column?.length),
    ...(column?.required && !column.key ? [texts.required] : []),
  ].join(' · ');

/** What is wrong with the row, or will be with some of its values. */
function Remark({ config, mapped, columns, change, readOnly, problem }: MappingRowProps & { problem: string | null }) {
  const { list, line, column } = mapped;
  const from = columns.find((one) => one.name === line.column);
  if (problem !== null) return <LineProblem>{problem}</LineProblem>;
  if (column === null && list === 'key') return <LineProblem>{texts.noPartOfKey}</LineProblem>;
  if (column === null) {
    const movable = !readOnly && from !== undefined && attributeOf(line) === line.column;
    const moved = (): void => {
      const without = withoutLine(config, mapped);
      change({ ...without, custom: [...without.custom, line.column] });
    };
    return (
      <LineProblem>
        {texts.noColumn}{' '}
        {movable ? (
          <Button size="compact-xs" variant="light" onClick={moved}>
            {texts.makeCustom}
          </Button>
        ) : null}
      </LineProblem>
    );
  }
  const misfit = from && misfitOf(from.type, column.type);
  if (!from || !misfit) return null;
  return <LineProblem some={misfit === 'some'}>{texts.misfits[misfit](from.type, column.type)}</LineProblem>;
}
