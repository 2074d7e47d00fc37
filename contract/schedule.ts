/**
 * When a schedule starts runs, as data: made by a node's definition, kept with the published workflow, turned into instants
 * by the engine. All times are of the wall clock in the schedule's zone.
 */
import { z } from 'zod';

/** `08:30`. */
const clockPattern = /^([01]\d|2[0-3]):[0-5]\d$/;
const clockSchema = z.string().regex(clockPattern, 'write the time as 08:30');
/** `2026-04-30`, or with a time behind it: `2026-04-30 18:00`. */
export const calendarPattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])( ([01]\d|2[0-3]):[0-5]\d)?$/;
const calendarSchema = z.string().regex(calendarPattern, 'write a date such as 2026-04-30, or 2026-04-30 18:00');

const weekdaySchema = z.number().int().min(1).max(7);
const daysSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  /** Monday is 1, Sunday 7. */
  z.strictObject({ kind: z.literal('week'), weekdays: z.array(weekdaySchema).min(1) }),
  /** A month without such a day is passed over. */
  z.strictObject({
    kind: z.literal('month'),
    days: z.array(z.union([z.number().int().min(1).max(31), z.literal('last')])).min(1),
  }),
  z.strictObject({
    kind: z.literal('nth'),
    nth: z.union([z.number().int().min(1).max(5), z.literal('last')]),
    weekday: weekdaySchema,
  }),
]);
/** The days of the calendar on which something starts. */
export type Days = z.infer<typeof daysSchema>;

const timingSchema = z.discriminatedUnion('kind', [
  /** Five fields, or six with seconds in front. */
  z.strictObject({ kind: z.literal('cron'), cron: z.string().max(200) }),
  /** Every so many minutes, counted anew each day from `from`; the last start is at `to` or before. */
  z.strictObject({
    kind: z.literal('every'),
    minutes: z.number().int().min(1).max(1_440),
    from: clockSchema,
    to: clockSchema,
    days: daysSchema,
  }),
  z.strictObject({ kind: z.literal('at'), times: z.array(clockSchema).min(1).max(48), days: daysSchema }),
  z.strictObject({ kind: z.literal('once'), at: calendarSchema }),
]);
export type Timing = z.infer<typeof timingSchema>;

/** Both ends are inclusive; a day without a time is the whole day. null: no limit. */
const validitySchema = z.strictObject({
  from: calendarSchema.nullable(),
  to: calendarSchema.nullable(),
  /** Runs started, after which it is over. */
  runs: z.number().int().min(1).nullable(),
});
export type Validity = z.infer<typeof validitySchema>;
export const alwaysValid: Validity = { from: null, to: null, runs: null };

export const planSchema = z.strictObject({ timing: timingSchema, validity: validitySchema });
/** The instants of a schedule, apart from the zone. */
export type Plan = z.infer<typeof planSchema>;

export interface Schedule extends Plan {
  /** IANA; empty: as the level above says. */
  timeZone: string;
  /** What an instant means for a run that is still active. */
  overlap: 'skip' | 'queue' | 'parallel';
  /** What becomes of instants that passed while no engine ran. */
  catchUp: 'none' | 'last' | 'all';
  /** Hours back from now within which missed instants are caught up; null: all. */
  catchUpHours: number | null;
  /** Minutes after which an instant that did not start is late, which raises an alarm; null: never. */
  lateAfter: number | null;
}
