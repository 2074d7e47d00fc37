import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';
import type { Expiration, ExternalSignalConfig } from './definition.ts';
import { definition } from './definition.ts';

const engine = testEngine();
const hour = 3_600_000;

const expiration = (name: string, given: Partial<Expiration> = {}): Expiration => ({
  name,
  kind: 'delay',
  amount: 1,
  unit: 'hours',
  expression: '',
  terminate: true,
  ...given,
});

const waiting = (config: Partial<ExternalSignalConfig> = {}) =>
  engine
    .flow({ signal: { type: 'external-signal', config } }, ['input -> signal'])
    .withRows('input', [{ name: 'Id', type: 'text' }], [['a']])
    .published();

const starting = (config: Partial<ExternalSignalConfig> = {}) =>
  engine.flow({ signal: { type: 'external-signal', config: { unexpected: 'start', ...config } } }, []).published();

describe('an External signal', () => {
  it('waits until the signal comes, then passes rows on with its parameters as variables', async () => {
    const flow = await waiting();
    const run = await flow.started();
    expect((await run.reached('signal', 'waiting')).state).toBe('waiting');
    await flow.signal('go', { orders: 12 });
    const end = await run.finished();
    expect(end.counts['signal.success']).toBe(1);
    expect(end.vars('signal')).toMatchObject({ orders: 12 });
    expect(end.log('signal')).toEqual(['The signal go came from test']);
  });

  it('takes a signal that came before it was reached', async () => {
    const flow = await waiting();
    await flow.signal('go', { early: true });
    const end = await (await flow.started()).finished();
    expect(end.vars('signal')).toMatchObject({ early: true });
  });

  it('does not take a signal of another name, and waits on when it is woken', async () => {
    const flow = await waiting();
    const run = await flow.started();
    await run.reached('signal', 'waiting');
    await flow.signal('other');
    await run.wake();
    await run.attempted('signal', 2);
    await flow.signal('go');
    expect((await run.finished()).state).toBe('succeeded');
  });

  it('gives each signal to one run, the one that has waited longest first', async () => {
    const flow = await waiting();
    const parallel = await engine
      .flow({ signal: { type: 'external-signal' } }, [], { concurrency: 'parallel' })
      .published();
    await (await flow.started()).stop();
    const [first, second] = [await parallel.started(), await parallel.started()];
    await first.reached('signal', 'waiting');
    await second.reached('signal', 'waiting');
    await parallel.signal('go', { number: 1 });
    expect((await first.finished()).vars('signal')).toMatchObject({ number: 1 });
    expect((await second.now()).state).toBe('waiting');
    await parallel.signal('go', { number: 2 });
    expect((await second.finished()).vars('signal')).toMatchObject({ number: 2 });
  });

  it('takes its output for each signal that does not complete it, until one does', async () => {
    const flow = await engine
      .flow({ signal: { type: 'external-signal' }, each: { type: 'wait', config: { amount: 0 } } }, ['signal -> each'])
      .published();
    const run = await flow.started();
    await run.reached('signal', 'waiting');
    await flow.signal('go', { number: 1 }, false);
    await run.reached('each', 'succeeded');
    await flow.signal('go', { number: 2 });
    const end = await run.finished();
    expect(end.tasks('each').map((task) => task.vars.number)).toEqual([1, 2]);
    expect(end.tasks('signal')).toHaveLength(1);
  });

  it('is not kept back by any number of signals that nothing takes', async () => {
    const idle = await waiting();
    for (let number = 0; number < 250; number += 1) await idle.signal('go', { number });
    const flow = await waiting();
    const run = await flow.started();
    await run.reached('signal', 'waiting');
    await flow.signal('go');
    expect((await run.finished()).state).toBe('succeeded');
    const first = await (await idle.started()).finished();
    expect(first.vars('signal')).toMatchObject({ number: 0 });
  });

  it('leaves signals to runs that are no simulation', async () => {
    const flow = await engine
      .flow({ signal: { type: 'external-signal' } }, [], { concurrency: 'parallel' })
      .published();
    const [simulated, meant] = [await flow.started(), await flow.started()];
    await engine.parts.db('runs').where({ id: simulated.id }).update({ simulated: true });
    await simulated.reached('signal', 'waiting');
    await meant.reached('signal', 'waiting');
    await flow.signal('go');
    await meant.finished();
    expect((await simulated.now()).state).toBe('waiting');
    await simulated.stop();
    await simulated.finished();
  });

  it('keeps a signal while the engine is away', async () => {
    const flow = await waiting();
    const run = await flow.started();
    await run.reached('signal', 'waiting');
    await flow.signal('go');
    await engine.restart();
    expect((await run.finished()).state).toBe('succeeded');
  });
});

describe('a signal that starts a run', () => {
  it('begins at the node of the published version, and says who sent it', async () => {
    const flow = await starting();
    await flow.signal('go', { orders: 3 });
    const run = await flow.startedRun();
    const end = await run.finished();
    expect(end.vars('signal')).toMatchObject({ orders: 3 });
    expect(end.detail.origin).toEqual({ kind: 'api', by: 'test (go)' });
  });

  it('waits for the run before it, so that none is skipped', async () => {
    const flow = await engine
      .flow(
        {
          signal: { type: 'external-signal', config: { unexpected: 'start' } },
          slow: { type: 'wait', config: { amount: 1, unit: 'hours' } },
        },
        ['signal -> slow'],
      )
      .published();
    await flow.signal('go', { number: 1 });
    const first = await flow.startedRun();
    await first.reached('slow', 'waiting');
    await flow.signal('go', { number: 2 });
    await first.wake();
    await first.finished();
    const second = await engine.watch(
      async () => ((await flow.startedRun()).id === first.id ? null : flow.startedRun()),
      () => 'a second run',
    );
    await second.reached('slow', 'waiting');
    await second.wake();
    expect((await second.finished()).vars('signal')).toMatchObject({ number: 2 });
  });

  it('goes to a run that waits for it before it starts another one', async () => {
    const flow = await starting();
    const run = await flow.started();
    await run.reached('signal', 'waiting');
    await flow.signal('go');
    await run.finished();
    expect((await flow.startedRun()).id).toBe(run.id);
  });
});

describe('its delayed events', () => {
  it('remind in their order, and one that terminates ends the wait', async () => {
    const expirations = [expiration('timeout', { amount: 3 }), expiration('reminder', { terminate: false })];
    const run = await (await waiting({ expirations })).started();
    await run.reached('signal', 'waiting');
    engine.clock.step(hour);
    expect((await run.attempted('signal', 2)).counts).toMatchObject({ 'signal.reminder': 1 });
    engine.clock.step(2 * hour);
    const end = await run.finished();
    expect(end.counts).toEqual({ 'input.success': 1, 'signal.reminder': 1, 'signal.timeout': 1 });
  });

  it('do not come when the signal came first', async () => {
    const flow = await waiting({ expirations: [expiration('timeout')] });
    const run = await flow.started();
    await run.reached('signal', 'waiting');
    await flow.signal('go');
    expect((await run.finished()).counts).not.toHaveProperty(['signal.timeout']);
  });

  it('come at a computed date, and a wrong one is named', async () => {
    const at = (expression: string) =>
      waiting({ expirations: [expiration('late', { kind: 'expression', expression })] });
    const run = await (await (await at('new Date(0)')).started()).finished();
    expect(run.counts).toHaveProperty(['signal.late']);
    const failed = await (await (await at('"soon"')).started()).finished();
    expect(failed.error?.message).toBe('expirations.0.expression: "soon" is not a date and time.');
  });
});

describe('its settings', () => {
  it.each([
    [{ signal: 'two words' }, 'signal: start with a letter, then letters, digits or "_", at most 64'],
    [{ parameters: [{ name: '' }] }, 'parameters.0.name: give the parameter a name'],
    [{ parameters: [{ name: 'a' }, { name: 'a' }] }, 'parameters.1.name: another parameter is called "a" too'],
    [{ parameters: [{ name: 'a', type: 'integer', default: 'x' }] }, 'parameters.0.default: "x" is not a whole number'],
    [{ expirations: [expiration('')] }, 'expirations.0.name: give the branch a name'],
    [{ expirations: [expiration('a', { amount: -1 })] }, 'expirations.0.amount: give a number from 0 to 10,000'],
    [{ expirations: [expiration('a', { kind: 'expression' })] }, 'expirations.0.expression: write an expression'],
  ])('must make sense: %j', (config, problem) => {
    const parsed = definition.config.safeParse({ ...definition.defaults, ...config });
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual([problem]);
  });
});
