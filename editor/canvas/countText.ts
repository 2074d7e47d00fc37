import type { PortView } from '../state/run/runView.ts';
import { formatNumber } from '../texts/format.ts';

/** "19,873", "11,204 …" while counting, "" where no rows travel. */
export function countText({ count, counting }: Pick<PortView, 'count' | 'counting'>): string {
  if (count === null) return '';
  return counting ? `${formatNumber(count)} …` : formatNumber(count);
}
