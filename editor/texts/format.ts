/** Numbers, instants and durations as people read them. Instants come as ISO text and are shown in the browser's zone. */
import { exactInstant } from '../../nodes/kit/panel/dates.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const shortTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

export const formatNumber = (value: number): string => whole.format(value);
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** 240,000 as "240K", 1,234,567 as "1.2M"; up to 99,999 as it is. */
export const formatCompact = (value: number): string =>
  Math.abs(value) < 100_000 ? formatNumber(value) : compact.format(value);
export const formatPercent = (share: number): string => percent.format(share);

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** 1,234,567 as "1.2 MB". */
export function formatBytes(bytes: number): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** step;
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

/** "13:58:02". */
export const formatTime = (iso: string): string => time.format(new Date(iso));

/** "today 13:58", "21 Nov 13:58", "21 Nov 2025 13:58": as short as it stays clear beside `now`. */
export function formatInstant(iso: string, now: Date = new Date()): string {
  const at = new Date(iso);
  const clock = shortTime.format(at);
  if (dayOfYear.format(at) === dayOfYear.format(now)) return `today ${clock}`;
  return at.getFullYear() === now.getFullYear() ? `${day.format(at)} ${clock}` : `${dayOfYear.format(at)} ${clock}`;
}

/** "21 Nov 2026 13:58:02": for titles and tables. */
export const formatExactInstant = (iso: string): string => exactInstant(new Date(iso));

/** Making one of these takes longer than using it a thousand times. */
const zoned = new Map<string, { clock: Intl.DateTimeFormat; date: Intl.DateTimeFormat }>();

function formatsOf(timeZone: string) {
  const known = zoned.get(timeZone);
  if (known) return known;
  const made = {
    clock: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }),
    date: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone }),
  };
  zoned.set(timeZone, made);
  return made;
}

/** "14:00 Europe/Berlin", with the day when it is not today there. */
export function formatInstantIn(iso: string, timeZone: string, now: Date = new Date()): string {
  const at = new Date(iso);
  const { clock, date } = formatsOf(timeZone);
  const prefix = date.format(at) === date.format(now) ? '' : `${date.format(at)} `;
  return `${prefix}${clock.format(at)} ${timeZone}`;
}

/** Milliseconds as "420 ms", "3.1 s", "2 min 05 s", "1 h 04 min". */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${pad(Math.floor((seconds % 3_600) / 60))} min`;
}

/** A running clock: "00:14", "1:02:03". */
export function formatClock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const hours = Math.floor(seconds / 3_600);
  const rest = `${pad(Math.floor((seconds % 3_600) / 60))}:${pad(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

const pad = (value: number): string => String(value).padStart(2, '0');
