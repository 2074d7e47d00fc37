import { ActionIcon, Button } from '@mantine/core';
import { IconArrowNarrowRight, IconKey, IconWand, IconX } from '@tabler/icons-react';
import { attributeOf } from '../config.ts';
import { ColumnSelect } from './ColumnSelect.tsx';
import type { MappedLine, MappingScope } from './mapping.ts';
import { misfitOf, withLine, withoutLine } from './mapping.ts';
import classes from './Panel.module.css';
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
  const Between = isKey ? IconKey : fresh ? IconWand : IconArrowNarrowRight;
  const from = columns.find((one) => one.name === line.column)?.type;
  return (
    <li className={classes.row} data-path={path} data-key={isKey || undefined}>
      <div className={classes.line}>
        <ColumnSelect
          label={texts.source(name)}
          value={line.column}
          columns={columns}
          onChange={(chosen) => change(withLine(config, mapped, { column: chosen, attribute: name }))}
          wrong={problem !== null}
          readOnly={readOnly}
        />
        <span className={classes.between} data-fresh={fresh || undefined}>
          <Between size={14} aria-hidden />
        </span>
        <span className={classes.name} title={name}>
          {name}
        </span>
        {isKey || readOnly ? (
          <span />
        ) : (
          <ActionIcon aria-label={texts.remove(name)} onClick={() => change(withoutLine(config, mapped))} size={22}>
            <IconX size={13} />
          </ActionIcon>
        )}
        <span className={classes.below}>{from ? texts.typeOf(from) : ''}</span>
        <span className={classes.below} data-at="target">
          {column ? targetText(mapped) : ''}
        </span>
      </div>
      <Remark {...props} problem={problem} />
    </li>
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
  if (problem !== null) return <p className={classes.problem}>{problem}</p>;
  if (column === null && list === 'key') return <p className={classes.problem}>{texts.noPartOfKey}</p>;
  if (column === null) {
    const movable = !readOnly && from !== undefined && attributeOf(line) === line.column;
    const moved = (): void => {
      const without = withoutLine(config, mapped);
      change({ ...without, custom: [...without.custom, line.column] });
    };
    return (
      <p className={classes.problem}>
        {texts.noColumn}{' '}
        {movable ? (
          <Button size="compact-xs" variant="light" onClick={moved}>
            {texts.makeCustom}
          </Button>
        ) : null}
      </p>
    );
  }
  const misfit = from && misfitOf(from.type, column.type);
  if (!from || !misfit) return null;
  return (
    <p className={classes.problem} data-some={misfit === 'some' || undefined}>
      {texts.misfits[misfit](from.type, column.type)}
    </p>
  );
}
