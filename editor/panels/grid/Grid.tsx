import { useVirtualizer } from '@tanstack/react-virtual';
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Column } from '../../../contract/types.ts';
import { t } from '../../texts/t.ts';
import { ColumnHead } from './ColumnHead.tsx';
import { copyCell, fitWidth, isMasked, isNumeric, showCell } from './cells.ts';
import classes from './Grid.module.css';
import type { OpenRow } from './rowsSource.ts';
import type { Rows } from './useRows.ts';

const rowHeight = 28;

interface Place {
  row: number;
  column: number;
}

interface GridProps {
  rows: Rows;
  label: string;
  onFind(): void;
  /** Enter, or a double click: the cells of the row by their columns. */
  onOpen?: OpenRow | undefined;
}

/** Only the rows and columns in view are in the page. One cell is active: arrows move it, copy takes it. */
export function Grid({ rows, label, onFind, onOpen }: GridProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const { columns } = rows;
  const widths = useWidths(rows);
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const down = useVirtualizer({
    count: rows.rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    paddingStart: rowHeight,
    scrollPaddingStart: rowHeight,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => widths.of(index),
    overscan: 3,
  });
  const shownRows = down.getVirtualItems();
  const shownColumns = across.getVirtualItems();
  const lastShown = shownRows.at(-1)?.index ?? 0;
  const { more } = rows;
  useEffect(() => {
    if (lastShown >= rows.rows.length - 40) more();
  }, [lastShown, rows.rows.length, more]);
  // Measured sizes are kept by the virtualizer: a new width has to be told.
  useEffect(() => {
    if (widths.version) across.measure();
  }, [widths.version, across]);

  const move = (to: Place) => {
    setActive(to);
    down.scrollToIndex(to.row);
    across.scrollToIndex(to.column);
  };
  const open = (row: number) =>
    onOpen?.(Object.fromEntries(columns.map(({ name }, index) => [name, rows.rows[row]?.[index]])));
  const width = across.getTotalSize();
  return (
    <div className={classes.scroll} ref={scroll}>
      <table
        className={classes.grid}
        {...gridRole(label, rows, active)}
        style={{ width, height: down.getTotalSize() }}
        onKeyDown={(event) =>
          event.key === 'Enter' && event.target === event.currentTarget
            ? open(active.row)
            : moveByKey(event, active, { rows: rows.rows.length, columns: columns.length }, move, onFind)
        }
        onDoubleClick={(event) => {
          const place = placeOf(event.target);
          if (place) open(place.row);
        }}
        onClick={(event) => setActive(placeOf(event.target) ?? active)}
        onCopy={(event) => copyActive(event, rows, active)}
      >
        <thead className={classes.head} style={{ width }}>
          <tr aria-rowindex={1}>
            {shownColumns.map((item) => (
              <ColumnHead
                key={item.key}
                column={columns[item.index] as Column}
                index={item.index}
                left={item.start}
                width={item.size}
                rows={rows}
                onWidth={(next) => widths.set(item.index, next)}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {shownRows.map((row) => (
            <tr
              key={row.key}
              aria-rowindex={row.index + 2}
              className={classes.row}
              style={{ transform: `translateY(${row.start}px)`, width }}
            >
              {shownColumns.map((item) => (
                <GridCell
                  key={item.key}
                  row={row.index}
                  column={columns[item.index] as Column}
                  index={item.index}
                  cell={rows.rows[row.index]?.[item.index]}
                  left={item.start}
                  width={item.size}
                  active={row.index === active.row && item.index === active.column}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.matching === 0 && <p className={classes.none}>{t('rows.noMatch')}</p>}
    </div>
  );
}

interface GridCellProps {
  row: number;
  column: Column;
  index: number;
  cell: unknown;
  left: number;
  width: number;
  active: boolean;
}

function GridCell({ row, column, index, cell, left, width, active }: GridCellProps) {
  const text = showCell(column.type, cell);
  const masked = isMasked(column, cell);
  return (
    <td
      id={`cell-${row}-${index}`}
      data-row={row}
      data-column={index}
      aria-colindex={index + 1}
      aria-current={active || undefined}
      className={classes.cell}
      data-numeric={isNumeric(column.type) || undefined}
      data-null={cell === null || cell === undefined || undefined}
      data-masked={masked || undefined}
      data-mono={column.type === 'json' || undefined}
      style={{ left, width }}
      title={masked ? t('rows.masked') : text}
    >
      {text}
    </td>
  );
}

/** One stop of the Tab key, whose arrows move an active cell: a grid, which is more than a table. */
const gridRole = (label: string, rows: Rows, active: Place) => ({
  role: 'grid',
  tabIndex: 0,
  'aria-label': label,
  'aria-rowcount': rows.matching + 1,
  'aria-colcount': rows.columns.length,
  'aria-activedescendant': `cell-${active.row}-${active.column}`,
});

function placeOf(target: EventTarget): Place | null {
  const cell = (target as Element).closest<HTMLElement>('[data-row]');
  return cell && { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
}

/** Widths are fitted to the first rows that arrive and then stay: sorting must not make columns jump. */
function useWidths({ columns, rows }: Rows) {
  const [own, setOwn] = useState<Readonly<Record<number, number>>>({});
  const [fitted, setFitted] = useState<readonly number[]>([]);
  if (fitted.length !== columns.length) {
    const sample = rows.slice(0, 60);
    setFitted(
      columns.map((column, index) =>
        fitWidth(
          column,
          sample.map((row) => row[index]),
        ),
      ),
    );
  }
  return {
    of: (index: number) => own[index] ?? fitted[index] ?? 120,
    set: (index: number, width: number | null) => setOwn({ ...own, [index]: width ?? fitted[index] ?? 120 }),
    version: own,
  };
}

function moveByKey(
  event: KeyboardEvent,
  { row, column }: Place,
  size: { rows: number; columns: number },
  move: (to: Place) => void,
  find: () => void,
): void {
  if (event.target !== event.currentTarget) return;
  if ((event.ctrlKey || event.metaKey) && event.key === 'f') {
    event.preventDefault();
    find();
    return;
  }
  const end = event.ctrlKey || event.metaKey;
  const to: Record<string, Place> = {
    ArrowDown: { row: row + 1, column },
    ArrowUp: { row: row - 1, column },
    ArrowRight: { row, column: column + 1 },
    ArrowLeft: { row, column: column - 1 },
    PageDown: { row: row + 12, column },
    PageUp: { row: row - 12, column },
    Home: { row: end ? 0 : row, column: 0 },
    End: { row: end ? size.rows - 1 : row, column: size.columns - 1 },
  };
  const next = to[event.key];
  if (!next) return;
  event.preventDefault();
  const within = (value: number, count: number) => Math.max(0, Math.min(value, count - 1));
  move({ row: within(next.row, size.rows), column: within(next.column, size.columns) });
}

/** Marked text is copied as usual; otherwise the exact text of the active cell. */
function copyActive(event: ClipboardEvent, { rows, columns }: Rows, { row, column }: Place): void {
  if (window.getSelection()?.isCollapsed === false) return;
  const type = columns[column]?.type;
  if (!type) return;
  event.clipboardData.setData('text/plain', copyCell(type, rows[row]?.[column]));
  event.preventDefault();
}
