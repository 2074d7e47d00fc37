/** How panels and pages write an instant: one way each. */
import { formatDistanceToNow } from 'date-fns';

/** Making one takes longer than using it a thousand times. By zone; "": the browser's. */
const formats = new Map<string, { day: Intl.DateTimeFormat; time: Intl.DateTimeFormat }>();

function formatsOf(timeZone: string) {
  const known = formats.get(timeZone);
  if (known) return known;
  const zone = timeZone === '' ? {} : { timeZone };
  const made = {
    day: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', ...zone }),
    time: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', ...zone }),
  };
  formats.set(timeZone, made);
  return made;
}

/** "21 Nov 2026 13:58:02"; without a zone in that of the browser. */
export function exactInstant(at: Date, timeZone = ''): string {
  const { day, time } = formatsOf(timeZone);
  return `${day.format(at)} ${time.format(at)}`;
}

/** "5 minutes ago". */
export const ago = (iso: string): string => formatDistanceToNow(new Date(iso), { addSuffix: true });
