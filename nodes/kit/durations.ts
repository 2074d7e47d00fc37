/** Lengths of time and instants, as people type them. */

export const durationUnits = ['seconds', 'minutes', 'hours', 'days', 'weeks'] as const;
export type DurationUnit = (typeof durationUnits)[number];

/** Milliseconds. A day is 24 hours, also when the clocks change. */
export const unitLength: Record<DurationUnit, number> = {
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

export const unitChoices = durationUnits.map((unit) => ({ value: unit, label: unit }));

/** "1 minute", "5 minutes". */
export const durationText = (amount: number, unit: DurationUnit): string =>
  `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;

/** A day, perhaps with a time, perhaps with an offset; without one it is meant in the zone of the node. */
export const instantPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** What is wrong with a template that is to give an instant; null when it may be right. */
export function instantProblem(template: string): string | null {
  const text = template.trim();
  if (text === '') return 'give a date and time';
  if (text.includes('<%') || instantPattern.test(text)) return null;
  return 'write it as 2026-12-24 08:00, or with an offset as 2026-12-24T08:00:00Z';
}
