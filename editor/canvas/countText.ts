import type { PortView } from '../state/run/runView.ts';
import { formatCompact, formatNumber } from '../texts/format.ts';
import { t } from '../texts/t.ts';

/** "19,873", "11,204 …" while counting, "3 of 12" in the last of several passes, "" where no rows travel. */
export function countText({ count, counting, earlier }: Pick<PortView, 'count' | 'counting' | 'earlier'>): string {
  if (count === null) return '';
  if (counting) return `${formatNumber(count)} …`;
  return earlier === 0 ? formatNumber(count) : t('canvas.lastOf', { count, all: earlier + count });
}

const letterWidth = 7;

/** The count with long numbers as "1.2M", where the whole of it would lie over the next card. */
export function fitCount(count: string, room: number): string {
  if (count.length * letterWidth <= room) return count;
  return count.replace(/[\d,]{6,}/g, (number) => formatCompact(Number(number.replaceAll(',', ''))));
}
