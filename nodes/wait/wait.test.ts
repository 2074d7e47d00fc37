import { describe, expect, it } from 'vitest';
import type { Column } from '../../contract/types.ts';
import { nowText } from '../../server/db/clock.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { changeOption } from '../../server/options/options.ts';
import { testEngine } from '../../test/harness/engine.ts';
import { parseInstant } from '../kit/instants.ts';
import type { WaitConfig } from './definition.ts';
import { definition } from './definition.ts';

const engine = testEngine();
const columns: Column[] = [{ name: 'Id', label: 'Id', type: 'text' }];

const waiting = (config: Partial<WaitConfig>, more: { timeZone?: string; initScript?: string } = {}) =>
  engine
    .flow({ wait: { type: 'wait', config, ...more } }, ['input -> wait'])
    .withRows('input', columns, [['a'], ['b']]);

describe('a Wait', () => {
  it('holds nothing while it waits, and then passes rows and variables on', async () => {
    const run = await waiting({ amount: 2, unit: 'hours' }, { initScript: 'vars.kept = 1' }).started();
    await run.reached('wait', 'waiting');
    const left = Date.parse((await run.now()).task('wait').due ?? '') - engine.clock.now().getTime();
    expect(left).toBeGreaterThan(2 * 3_600_000 - 60_000);
    expect(left).toBeLessThanOrEqual(2 * 3_600_000);
    expect((await run.now()).state).toBe('waiting');
    engine.clock.step(2 * 3_600_000 - 600_000);
    await engine.lookAround();
    expect((await run.now()).task('wait').state).toBe('waiting');
    engine.clock.step(600_000);
    const end = await run.finished();
    expect(end.state).toBe('succeeded');
    expect(end.counts['wait.success']).toBe(2);
    expect(end.output('wait.success')?.table).toEqual(end.output('input.success')?.table);
    expect(end.vars('wait')).toMatchObject({ kept: 1 });
  });

  it('goes on at once when someone executes what waits', async () => {
    const run = await waiting({ amount: 52, unit: 'weeks' }).started();
    await run.reached('wait', 'waiting');
    await run.wake();
    expect((await run.finished()).state).toBe('succeeded');
  });

  it('goes on where it was when the engine was restarted meanwhile', async () => {
    const run = await waiting({ amount: 1, unit: 'days' }).started();
    await run.reached('wait', 'waiting');
    await engine.restart();
    engine.clock.step(86_400_000);
    const end = await run.finished();
    expect(end.counts['wait.success']).toBe(2);
  });

  it('does not wait for an instant that has passed', async () => {
    const run = await waiting({ mode: 'instant', instant: '2020-01-01 08:00' }).finished();
    expect(run.state).toBe('succeeded');
    expect(run.task('wait').attempt).toBe(1);
  });

  it('waits until a date of its time zone, made by a template', async () => {
    const run = await waiting(
      { mode: 'instant', instant: '<%= vars.day %> 08:00' },
      { timeZone: 'America/New_York', initScript: 'vars.day = "2099-07-04"' },
    ).started();
    await run.reached('wait', 'waiting');
    expect((await run.now()).task('wait').due).toBe('2099-07-04T12:00:00.000Z');
    await run.stop();
    await run.finished();
  });

  it('waits until a date that JavaScript gives', async () => {
    const run = await waiting({ mode: 'expression', expression: 'new Date(Date.UTC(2099, 0, 2))' }).started();
    await run.reached('wait', 'waiting');
    expect((await run.now()).task('wait').due).toBe('2099-01-02T00:00:00.000Z');
    await run.stop();
    await run.finished();
  });

  it.each([
    [{ mode: 'expression', expression: '42' }, '42 is not a date and time'],
    [{ mode: 'expression', expression: 'undefined' }, 'is not a date and time'],
    [{ mode: 'instant', instant: '<%= "soon" %>' }, '"soon" is not a date and time'],
  ] as const)('fails with a sentence when it is given no date: %j', async (config, reason) => {
    const run = await waiting(config).finished();
    expect(run.error?.code).toBe('CONFIG_INVALID');
    expect(run.error?.message).toContain(reason);
  });
});

describe('a Wait for a condition', () => {
  const condition = { mode: 'condition', condition: 'getOption("ready") === vars.ready', every: 2 } as const;
  const initScript = 'vars.ready = "yes"';
  const setReady = (value: string) =>
    inTransaction(engine.parts.db, (tx) =>
      changeOption(tx, { name: 'ready', value, by: 'test', runId: null, at: nowText(engine.clock) }),
    );

  it('looks at every interval until it is true, then passes rows and variables on', async () => {
    await setReady('no');
    const run = await waiting(condition, { initScript }).started();
    await run.reached('wait', 'waiting');
    engine.clock.step(120_000);
    const left = Date.parse((await run.attempted('wait', 2)).task('wait').due ?? '') - engine.clock.now().getTime();
    expect(left).toBeGreaterThan(60_000);
    await setReady('yes');
    engine.clock.step(120_000);
    const end = await run.finished();
    expect(end.counts).toEqual({ 'input.success': 2, 'wait.success': 2 });
    expect(end.vars('wait')).toMatchObject({ ready: 'yes' });
  });

  it('goes on at once when it is true already', async () => {
    const run = await waiting({ mode: 'condition', condition: '1 < 2' }).finished();
    expect(run.task('wait').attempt).toBe(1);
  });

  it('gives up after a time, counted from the first look, and leaves by Timeout', async () => {
    const run = await waiting({
      mode: 'condition',
      condition: 'false',
      giveUp: true,
      giveUpAfter: 3,
      giveUpUnit: 'minutes',
    }).started();
    await run.reached('wait', 'waiting');
    engine.clock.step(180_000);
    const end = await run.finished();
    expect(end.counts).toEqual({ 'input.success': 2, 'wait.timeout': 2 });
    expect(end.log('wait')).toEqual(['The condition did not come true in time']);
  });

  it('waits on when it is woken and nothing has changed', async () => {
    const run = await waiting({ mode: 'condition', condition: 'false' }).started();
    await run.reached('wait', 'waiting');
    await run.wake();
    expect((await run.attempted('wait', 2)).state).toBe('waiting');
    await run.stop();
    await run.finished();
  });
});

describe('an instant in text', () => {
  it.each([
    ['2026-12-24 08:00', 'Europe/Berlin', '2026-12-24T07:00:00.000Z'],
    ['2026-07-24T08:00:30', 'Europe/Berlin', '2026-07-24T06:00:30.000Z'],
    ['2026-12-24', 'Asia/Tokyo', '2026-12-23T15:00:00.000Z'],
    ['2026-12-24T08:00:00+05:30', 'Europe/Berlin', '2026-12-24T02:30:00.000Z'],
    ['2026-12-24T08:00:00.250Z', 'Europe/Berlin', '2026-12-24T08:00:00.250Z'],
    // The hour from 02:00 is skipped that night: the clock that says 02:30 is the one an hour later.
    ['2026-03-29 02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ])('%s in %s is %s', (text, zone, instant) => {
    expect(parseInstant(text, zone)?.toISOString()).toBe(instant);
  });

  it.each(['', 'soon', '2026-02-30', '2026-01-01 24:30', '2026-01-01 8:00', '01/02/2026'])('is none in %j', (text) => {
    expect(parseInstant(text, 'UTC')).toBeNull();
  });
});

describe('its settings', () => {
  it.each([
    [{ amount: -1 }, 'amount: give a number from 0 to 10,000'],
    [{ mode: 'instant' }, 'instant: give a date and time'],
    [
      { mode: 'instant', instant: 'tomorrow' },
      'instant: write it as 2026-12-24 08:00, or with an offset as 2026-12-24T08:00:00Z',
    ],
    [{ mode: 'expression' }, 'expression: write an expression'],
    [{ mode: 'condition' }, 'condition: write a condition'],
    [{ mode: 'condition', condition: '1', every: 0.5 }, 'every: give a number from 1 to 10,000'],
    [{ mode: 'condition', condition: '1', giveUp: true, giveUpAfter: 0 }, 'giveUpAfter: give a number up to 10,000'],
  ])('must make sense: %j', (config, problem) => {
    const parsed = definition.config.safeParse({ ...definition.defaults, ...config });
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual([problem]);
  });

  it('are said in one line', () => {
    expect(definition.summary({ ...definition.defaults, amount: 1 })).toBe('1 minute');
    expect(definition.summary({ ...definition.defaults, mode: 'instant', instant: '2026-12-24 08:00' })).toBe(
      'until 2026-12-24 08:00',
    );
  });
});
