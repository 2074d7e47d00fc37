import { Popover } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconFilter } from '@tabler/icons-react';
import { type PointerEvent, useState } from 'react';
import type { Column } from '../../../contract/types.ts';
import { t } from '../../texts/t.ts';
import { isNumeric } from './cells.ts';
import { FilterForm } from './FilterForm.tsx';
import classes from './Grid.module.css';
import { nextSorting, type Rows } from './useRows.ts';

interface ColumnHeadProps {
  column: Column;
  index: number;
  left: number;
  width: number;
  rows: Rows;
  /** null: the width that fits the content. */
  onWidth(width: number | null): void;
}

/** Name and type; a click sorts, the funnel filters, the right edge resizes. */
export function ColumnHead({ column, index, left, width, rows, onWidth }: ColumnHeadProps) {
  const direction = rows.sorting?.column === column.name ? rows.sorting.direction : null;
  const label = column.label || column.name;
  return (
    <th
      scope="col"
      aria-colindex={index + 1}
      aria-sort={direction === null ? 'none' : direction === 'asc' ? 'ascending' : 'descending'}
      className={classes.th}
      data-numeric={isNumeric(column.type) || undefined}
      style={{ left, width }}
    >
      <button
        type="button"
        tabIndex={-1}
        className={classes.sort}
        title={column.source ? `${column.name} ← ${column.source}` : column.name}
        aria-label={t('rows.sortBy', { column: label })}
        onClick={() => rows.setSorting(nextSorting(rows.sorting, column.name))}
      >
        <span>{label}</span>
        <small>{column.type}</small>
        {direction === 'asc' && <IconArrowUp size={13} aria-hidden />}
        {direction === 'desc' && <IconArrowDown size={13} aria-hidden />}
      </button>
      <FilterButton column={column} label={label} rows={rows} />
      <ResizeGrip label={label} width={width} onWidth={onWidth} />
    </th>
  );
}

function FilterButton({ column, label, rows }: { column: Column; label: string; rows: Rows }) {
  const [open, setOpen] = useState(false);
  const current = rows.filters.find((filter) => filter.column === column.name) ?? null;
  return (
    <Popover opened={open} onChange={setOpen} trapFocus width={240} position="bottom-start" withinPortal>
      <Popover.Target>
        <button
          type="button"
          tabIndex={-1}
          className={classes.funnel}
          data-on={current !== null || undefined}
          aria-expanded={open}
          aria-label={t('rows.filterBy', { column: label })}
          onClick={() => setOpen(!open)}
        >
          <IconFilter size={13} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <FilterForm
          column={column}
          current={current}
          onApply={(filter) => {
            const others = rows.filters.filter((one) => one.column !== column.name);
            rows.setFilters(filter ? [...others, filter] : others);
            setOpen(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function ResizeGrip({ label, width, onWidth }: { label: string; width: number; onWidth(width: number | null): void }) {
  const drag = (event: PointerEvent<HTMLButtonElement>) => {
    const from = event.clientX;
    const grip = event.currentTarget;
    grip.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) => onWidth(Math.max(48, width + moved.clientX - from));
    const stop = () => {
      grip.removeEventListener('pointermove', move);
      grip.removeEventListener('pointerup', stop);
      grip.removeEventListener('pointercancel', stop);
    };
    grip.addEventListener('pointermove', move);
    grip.addEventListener('pointerup', stop);
    grip.addEventListener('pointercancel', stop);
  };
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes.resize}
      aria-label={t('rows.resize', { column: label })}
      onPointerDown={drag}
      onDoubleClick={() => onWidth(null)}
      onClick={(event) => event.stopPropagation()}
    />
  );
}
