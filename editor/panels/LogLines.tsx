import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { LogEntry } from '../state/run/runView.ts';
import { formatExactInstant, formatTime } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import classes from './LogLines.module.css';

interface LogLinesProps {
  lines: readonly LogEntry[];
  /** Labels of nodes by id: shown before each line when given. */
  names?: ReadonlyMap<string, string>;
  onOpen?: (nodeId: string) => void;
}

/** A log of any length. It stays at its end while new lines arrive, unless the reader has scrolled up. */
export function LogLines({ lines, names, onOpen }: LogLinesProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 22,
    overscan: 12,
    getItemKey: (index) => lines[index]?.key ?? index,
  });
  useEffect(() => {
    if (atEnd.current && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [lines.length, virtual]);
  const noteScroll = () => {
    const element = scroll.current;
    if (element) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
  };
  return (
    <div className={classes.log} ref={scroll} onScroll={noteScroll} role="log" aria-label={t('log.label')}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const entry = lines[item.index];
          if (!entry) return null;
          const name = entry.nodeId === null ? undefined : names?.get(entry.nodeId);
          return (
            <div
              key={item.key}
              data-index={item.index}
              ref={virtual.measureElement}
              className={classes.line}
              data-level={entry.level}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <time title={formatExactInstant(entry.at)}>{formatTime(entry.at)}</time>
              <span className={classes.level}>{t(`log.${entry.level}`)}</span>
              {name !== undefined && (
                <button type="button" className={classes.node} onClick={() => entry.nodeId && onOpen?.(entry.nodeId)}>
                  {name}
                </button>
              )}
              <span className={classes.message}>{entry.message}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
