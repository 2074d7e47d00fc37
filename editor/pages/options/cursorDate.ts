/** Import dates as people write them. */
import { formatDistanceStrict } from 'date-fns';
import { formatCursor, parseCursor } from '../../../contract/run.ts';
import { formatExactInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

export const cursorPrefix = 'LASTIMPORT_';

/** Why a text is no import date; null where it is one. */
export function cursorProblem(text: string, now: Date): string | null {
  return parseCursor(text) ? null : t('options.cursorInvalid', { example: formatCursor(now) });
}

/** What an import date means to someone here; null for a text that is none. */
export function explainCursor(text: string, now: Date): { means: string; future: boolean } | null {
  const instant = parseCursor(text);
  if (!instant) return null;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const means = t('options.cursorMeans', { local: formatExactInstant(instant.toISOString()), zone });
  return { means, future: instant > now };
}

/** How far a change moves an import date back, such as "2 days"; null where it does not. */
export function movedBack(from: string, to: string): string | null {
  const [before, after] = [parseCursor(from), parseCursor(to)];
  return before && after && after < before ? formatDistanceStrict(before, after) : null;
}
