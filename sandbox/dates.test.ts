import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { Sandbox } from './sandbox.ts';
import { contextWith } from './testing.ts';

const sandbox = new Sandbox({ workers: 1 });
afterAll(() => sandbox.close());

async function resultOf(expression: string): Promise<unknown> {
  const result = await sandbox.evaluate({ expression, context: contextWith(), limits: { timeoutMs: 10_000 } });
  return result.ok ? result.value : `${result.reason}: ${result.message}`;
}

describe('formatDate', () => {
  test.each([
    ['%4Y-%2M-%2D %2H:%2N:%2S', '2024-02-05 07:08:09'],
    ['%2Y %Y %M/%D %H:%N:%S', '24 2024 2/5 7:8:9'],
    ['%Al %A, %D %Bl (%B)', 'Monday Mon, 5 February (Feb)'],
    ['%2I:%2N %P, %H h', '07:08 AM, 7 h'],
    ['day %3J, week %W, %3L ms', 'day 036, week 6, 042 ms'],
    ['100%, %2D%', '100%, 05%'],
    ['yyyy-MM-dd HH:mm:ss.SSS', '2024-02-05 07:08:09.042'],
    ["EEEE do MMMM yyyy 'at' h:mm a", 'Monday 5th February 2024 at 7:08 AM'],
    ["yyyy-MM-dd'T'HH:mm:ssXXX", '2024-02-05T07:08:09Z'],
    ['II RRRR i', '06 2024 1'],
  ])('writes %s', async (pattern, expected) => {
    const date = 'new Date(Date.UTC(2024, 1, 5, 7, 8, 9, 42))';
    expect(await resultOf(`formatDate(${date}, ${JSON.stringify(pattern)}, "UTC")`)).toBe(expected);
  });

  test('uses the zone of the context unless another is given', async () => {
    const iso = '"2024-01-31T23:30:00Z"';
    expect(await resultOf(`formatDate(${iso}, "%4Y-%2M-%2D %2H:%2N")`)).toBe('2024-01-31 18:30');
    expect(await resultOf(`formatDate(${iso}, "%4Y-%2M-%2D %2H:%2N", "Europe/Paris")`)).toBe('2024-02-01 00:30');
    expect(await resultOf(`formatDate(${iso}, "yyyy-MM-dd HH:mm", "Asia/Kolkata")`)).toBe('2024-02-01 05:00');
    expect(await resultOf(`formatDate(${iso}, "HH:mm", "+05:45")`)).toBe('05:15');
  });

  test.each([
    ['America/New_York', '2026-03-08T06:59:59Z', '01:59:59 -05:00'],
    ['America/New_York', '2026-03-08T07:00:00Z', '03:00:00 -04:00'],
    ['America/New_York', '2026-11-01T05:59:59Z', '01:59:59 -04:00'],
    ['America/New_York', '2026-11-01T06:00:00Z', '01:00:00 -05:00'],
    ['Europe/Paris', '2026-03-29T01:00:00Z', '03:00:00 +02:00'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', '01:30:00 +10:30'],
    ['Asia/Kathmandu', '1985-12-31T18:30:00Z', '00:15:00 +05:45'],
    ['Africa/Casablanca', '2026-02-15T03:00:00Z', '03:00:00 +00:00'],
  ])('knows the clock of %s at %s', async (zone, iso, expected) => {
    expect(await resultOf(`formatDate("${iso}", "HH:mm:ss xxx", "${zone}")`)).toBe(expected);
    expect(await resultOf(`formatDate("${iso}", "%2H:%2N:%2S", "${zone}")`)).toBe(expected.slice(0, 8));
  });

  test('gives null for null and refuses what is no date, no pattern, no zone', async () => {
    expect(await resultOf('formatDate(null, "%4Y")')).toBeNull();
    expect(await resultOf('formatDate("soon", "%4Y")')).toContain('"soon" is not a time stamp');
    expect(await resultOf('formatDate({}, "%4Y")')).toContain('is not a date');
    expect(await resultOf('formatDate(new Date(NaN), "%4Y")')).toContain('the date is invalid');
    expect(await resultOf('formatDate(0)')).toContain('the pattern is missing');
    expect(await resultOf('formatDate(0, "%4Y %Q")')).toContain('%Q is not a token');
    expect(await resultOf('formatDate(0, "yyyy n")')).toContain('unescaped latin alphabet character `n`');
    expect(await resultOf('formatDate(0, "%4Y", "Mars/Base")')).toContain('"Mars/Base" is not a time zone');
    expect(await resultOf('formatDate(0, "y".repeat(300))')).toContain('longer than 200');
  });
});

describe('parseTimeStamp', () => {
  test.each([
    ['2005-03-02', '2005-03-02T00:00:00.000Z'],
    ['2005-03-02 14:32:25', '2005-03-02T14:32:25.000Z'],
    ['2005/03/02 14:32:25', '2005-03-02T14:32:25.000Z'],
    ['2005-03-02T14:32:25.5Z', '2005-03-02T14:32:25.500Z'],
    ['2005-03-02T14:32:25.123456+02:00', '2005-03-02T12:32:25.123Z'],
    ['2005-03-02T14:32-0330', '2005-03-02T18:02:00.000Z'],
    ['0099-01-01', '0099-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('reads %s', async (stamp, iso) => {
    expect(await resultOf(`parseTimeStamp("${stamp}")`)).toBe(iso);
  });

  test.each(['2005-02-30', '2005-13-01', '2005-03-02 24:00:00', '2005/03-02', 'now', ''])(
    'refuses %s',
    async (stamp) => {
      expect(await resultOf(`parseTimeStamp("${stamp}")`)).toContain('is not a time stamp');
    },
  );
});

describe('dateFns', () => {
  test.each([
    ['dateFns.addMonths(new Date(Date.UTC(2024, 0, 31)), 1)', '2024-02-29T00:00:00.000Z'],
    ['dateFns.format(new Date(0), "yyyy-MM-dd HH:mm")', '1970-01-01 00:00'],
    ['dateFns.parse("31.01.2024", "dd.MM.yyyy", new Date(0))', '2024-01-31T00:00:00.000Z'],
    ['dateFns.differenceInCalendarDays(new Date(), parseTimeStamp("2026-03-01"))', 7],
    ['dateFns.startOfWeek(new Date(), { weekStartsOn: 1 }).toISOString()', '2026-03-02T00:00:00.000Z'],
    ['Object.keys(dateFns).length > 200', true],
    ['typeof dateFns.formatDate + typeof dateFns.constants', 'functionundefined'],
  ])('%s works', async (expression, expected) => {
    expect(await resultOf(expression)).toEqual(expected);
  });

  test('has every function that date-fns exports', async () => {
    const names = Object.keys(createRequire(import.meta.url)('date-fns')).sort();
    expect(await resultOf('Object.keys(dateFns).sort()')).toEqual(names);
    const broken = 'Object.keys(dateFns).filter((name) => dateFns[name] === undefined)';
    expect(await resultOf(broken)).toEqual([]);
  });
});

/** Everything whose result could depend on the zone of the machine. */
const zoneSensitive = `[
  new Date().toString(), new Date(2024, 6, 1, 12).toISOString(), new Date("2024-07-01T12:00").toISOString(),
  new Date(2026, 2, 8, 2, 30).toISOString(), new Date(0).getTimezoneOffset(), new Date().toLocaleString(),
  new Date(2024, 0, 31).getDate(), Date.parse("2024-07-01 12:00"), parseTimeStamp("2026-03-08 02:30"),
  ...["UTC", "America/New_York", "Asia/Kolkata", "Europe/Paris"].flatMap((zone) =>
    ["2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z", "2026-12-31T23:30:00Z"].flatMap((iso) => [
      formatDate(iso, "%4Y-%2M-%2D %2H:%2N:%2S %J %W %A", zone), formatDate(iso, "RRRR-'W'II-i PPPPpppp xxx w Q", zone),
    ])),
  dateFns.format(new Date(), "yyyy-MM-dd HH:mm:ssXXX w"), dateFns.startOfDay(new Date()), dateFns.parseISO("2026-03-08T02:30"),
  dateFns.eachHourOfInterval({ start: new Date(2026, 2, 8), end: new Date(2026, 2, 8, 4) }),
]`;

const program = `
  import { Sandbox } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
  const sandbox = new Sandbox({ workers: 1 });
  const { expression, context } = JSON.parse(process.argv[1]);
  process.stdout.write(JSON.stringify(await sandbox.evaluate({ expression, context })));
  await sandbox.close();
`;

async function evaluateUnder(zone: string): Promise<unknown> {
  const request = JSON.stringify({ expression: zoneSensitive, context: contextWith() });
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, request], {
    env: { ...process.env, TZ: zone, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return JSON.parse(output);
}

test('the zone of the machine changes nothing inside', async () => {
  const utc = await evaluateUnder('UTC');
  expect(utc).toMatchObject({ ok: true });
  expect(await evaluateUnder('America/New_York')).toEqual(utc);
  expect(await evaluateUnder('Asia/Kolkata')).toEqual(utc);
});
