import type { Ask } from './values.ts';

/** formatDate, parseTimeStamp and dateFns. Zones and patterns are the host's: there is no Intl in QuickJS. */
export function makeDates(ask: Ask) {
  const STAMP =
    /^\s*(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?\s*$/i;

  const refuse = (text: unknown): never => {
    throw new RangeError(
      `parseTimeStamp: "${String(text).slice(0, 100)}" is not a time stamp such as 2024-01-31 23:30:00.`,
    );
  };

  /** Minutes east of UTC. */
  function offsetOf(zone: string | undefined): number {
    if (!zone || zone === 'Z' || zone === 'z') return 0;
    const digits = zone.slice(1).replace(':', '');
    const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
    return zone[0] === '-' ? -minutes : minutes;
  }

  function parseTimeStamp(text: unknown): Date | null {
    if (text === null || text === undefined) return null;
    const found = STAMP.exec(String(text));
    if (!found) return refuse(text);
    const [, year, , month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = found;
    const date = new Date(0);
    date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
    if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return refuse(text);
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return refuse(text);
    date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)));
    return new Date(+date - offsetOf(zone) * 60_000);
  }

  function toDate(value: unknown): Date | null {
    if (value instanceof Date) return value;
    if (typeof value === 'number') return new Date(value);
    if (typeof value === 'string' || value === null || value === undefined) return parseTimeStamp(value);
    throw new TypeError(`formatDate: a ${typeof value} is not a date.`);
  }

  function formatDate(value: unknown, pattern: unknown, zone?: unknown): unknown {
    const date = toDate(value);
    if (date === null) return null;
    if (Number.isNaN(+date)) throw new RangeError('formatDate: the date is invalid.');
    if (typeof pattern !== 'string') throw new TypeError('formatDate: the pattern is missing.');
    return ask('formatDate', +date, pattern, zone === undefined ? null : String(zone));
  }

  /** One file of date-fns and what it requires, compiled when first asked for. */
  const files: Record<string, Record<string, unknown>> = { __proto__: null } as never;
  function load(path: string[]): Record<string, unknown> {
    const name = path.join('/');
    const known = files[name];
    if (known) return known;
    const exports: Record<string, unknown> = {};
    files[name] = exports;
    const body = new Function('exports', 'require', ask('dateFnsSource', name) as string);
    body(exports, (target: string) => load(resolve(path, target)));
    return exports;
  }

  function resolve(from: string[], target: string): string[] {
    const path = from.slice(0, -1);
    for (const part of target.split('/')) {
      if (part === '..') path.pop();
      else if (part !== '.') path.push(part);
    }
    return path;
  }

  function makeDateFns(): object {
    const dateFns = {};
    const list = ask('dateFnsList') as Record<string, string>;
    for (const name of Object.keys(list)) {
      Object.defineProperty(dateFns, name, { enumerable: true, get: () => load([list[name] as string])[name] });
    }
    return dateFns;
  }

  let dateFns: object | undefined;
  return {
    formatDate,
    parseTimeStamp,
    get dateFns() {
      dateFns ??= makeDateFns();
      return dateFns;
    },
  };
}
