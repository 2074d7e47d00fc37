/** Calendar days, as people in a zone count them. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of an instant in a zone. */
export function dayInZone(instant: string, timeZone: string): string {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    // The Swedish form is ISO's.
    formatter = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formatters.set(timeZone, formatter);
  }
  return formatter.format(new Date(instant)).padStart(10, '0');
}
