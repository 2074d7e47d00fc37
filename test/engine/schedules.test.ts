import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { never } from '../../contract/run.ts';
import type { Validity } from '../../contract/schedule.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { serializeWorkflow } from '../../contract/workflow.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { syncSchedules } from '../../server/engine/schedules.ts';
import { onPostgres } from '../harness/database.ts';
import { createSteppedClock } from '../harness/steppedClock.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest, story } from './engineUnderTest.ts';

const minute = 60_000;
const hour = 60 * minute;
const acts: Acts = {};
let test: UnderTest;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  test = await engineUnderTest(acts);
});
afterEach(() => test.close());

const take = (...ports: string[]) => ({ ports: Object.fromEntries(ports.map((port) => [port, null])) });

interface Timer {
  cron?: string;
  timeZone?: string;
  overlap?: string;
  catchUp?: string;
  catchUpHours?: number;
  validity?: Validity;
}
function timed(timer: Timer = {}): Workflow {
  const config = { cron: '0 * * * *', timeZone: '', overlap: 'skip', catchUp: 'none', ...timer };
  return draw('t -> a', { t: { type: 'timer', config: config as WorkflowNode['config'] } });
}

async function publish(under: UnderTest, workflow: Workflow | null, version = 1): Promise<void> {
  const by = { created_at: '', created_by: 'ann', updated_at: '', updated_by: 'ann' };
  const file = serializeWorkflow(workflow ?? timed());
  await inTransaction(under.db, async (tx) => {
    const row = { id: 'w', internal_name: 'flow', label: 'flow', draft: file, revision: 1, ...by };
    await tx('workflows').insert(row).onConflict('id').ignore();
    const frozen = { workflow_id: 'w', version, file, note: '', created_at: '', created_by: 'ann' };
    if (workflow) await tx('workflow_versions').insert(frozen);
    await tx('workflows')
      .where({ id: 'w' })
      .update({ published_version: workflow ? version : null });
    await syncSchedules(tx, under.catalog.definitions, 'w', under.clock.now(), 'UTC');
  });
  under.engine.nudge();
}

interface Fire {
  instant: string;
  outcome: string;
}
async function fires(under = test): Promise<string[]> {
  const rows: Fire[] = await under.db('schedule_fires').orderBy('instant');
  return rows.map((row) => `${row.instant.slice(5, 16)} ${row.outcome}`);
}
/** Lets time pass in pieces, so that the engine is not taken for one that slept. */
async function pass(under: UnderTest, length: number, until: () => Promise<void>): Promise<void> {
  const end = under.clock.now().getTime() + length;
  while (under.clock.now().getTime() < end) {
    await under.clock.step(Math.min(30_000, end - under.clock.now().getTime()));
    await settled(under);
  }
  await under.lookAround();
  await under.eventually(until);
}
/** Until nothing is due that has not been fired. */
const settled = (under: UnderTest) =>
  under.eventually(async () => {
    const due = await under.db('schedules').where('next_at', '<=', under.clock.now().toISOString());
    expect(due).toEqual([]);
  });

describe('a schedule', () => {
  it('starts the published version at its node, with the instant', async () => {
    acts.a = (context) => {
      context.vars.task = context.scheduledFor;
      return take('success');
    };
    let instant: unknown;
    acts.t = (context) => {
      instant = context.scheduledFor;
      return take('success');
    };
    const workflow = timed();
    workflow.nodes.push({ ...workflow.nodes[1]!, id: 'other', name: 'other' });
    await publish(test, workflow, 3);
    await pass(test, hour, async () => expect(await fires()).toEqual(['03-02T09:00 started']));
    const { run_id } = await test.db('schedule_fires').first();
    const run = await test.until(run_id, 'succeeded');
    expect(story(run)).toBe('t succeeded, a succeeded');
    expect(instant).toBe('2026-03-02T09:00:00.000Z');
    expect(run).toMatchObject({ version: 3, origin: { kind: 'schedule', by: 't', instant } });
  });

  it('fires each instant once, whatever is published or restarted in between', async () => {
    await publish(test, timed({ cron: '*/10 * * * *', overlap: 'parallel' }), 1);
    await pass(test, 25 * minute, async () => expect(await fires()).toHaveLength(2));
    await publish(test, timed({ cron: '*/10 * * * *', overlap: 'parallel' }), 2);
    await test.engine.stop();
    const next = test.another();
    await next.start();
    await pass(test, 30 * minute, async () => expect(await fires()).toHaveLength(5));
    await next.stop();
    expect((await fires()).map((fire) => fire.slice(0, 11))).toEqual([
      '03-02T08:10',
      '03-02T08:20',
      '03-02T08:30',
      '03-02T08:40',
      '03-02T08:50',
    ]);
  });

  it('does not start an instant again when the clock was set back', async () => {
    await publish(test, timed({ overlap: 'parallel' }));
    await pass(test, hour, async () => expect(await fires()).toHaveLength(1));
    await test.db('schedules').update({ next_at: '2026-03-02T09:00:00.000Z' });
    await test.lookAround();
    await settled(test);
    expect(await test.db('runs')).toHaveLength(1);
  });

  it('fires each instant once while the clock is stepped back and forth', async () => {
    await publish(test, timed({ cron: '*/20 * * * *', overlap: 'parallel' }));
    await pass(test, hour, async () => expect(await fires()).toHaveLength(3));
    await test.clock.step(-2 * hour);
    test.engine.nudge();
    await settled(test);
    await publish(test, timed({ cron: '0,20,40 * * * *', overlap: 'parallel' }), 2);
    await pass(test, 2.5 * hour, async () => expect(await fires()).toHaveLength(7));
    expect(await fires()).toEqual(
      ['07:20', '07:40', '08:00', '08:20', '08:40', '09:00', '09:20'].map((time) => `03-02T${time} started`),
    );
    expect(await test.db('runs')).toHaveLength(7);
  });

  it('is fired by one of two engines on one store', async () => {
    const other = test.another();
    await publish(test, timed({ cron: '*/5 * * * *', overlap: 'parallel' }));
    await other.start();
    await pass(test, hour, async () => expect(await fires()).toHaveLength(12));
    await other.stop();
    const rows: { instant: string; run_id: string }[] = await test.db('schedule_fires');
    expect(new Set(rows.map((row) => row.instant)).size).toBe(12);
    expect(await test.db('runs')).toHaveLength(12);
  });

  it('is over after the greatest number of runs, until it is published changed', async () => {
    const validity = { from: null, to: null, runs: 2 };
    await publish(test, timed({ validity, overlap: 'parallel' }), 1);
    await pass(test, 4 * hour, async () => expect(await fires()).toHaveLength(2));
    expect(await test.db('schedules').first()).toMatchObject({ next_at: null, starts: 2 });
    await publish(test, timed({ validity, overlap: 'parallel' }), 2);
    expect(await test.db('schedules').first()).toMatchObject({ next_at: null, version: 2 });
    await publish(test, timed({ validity: { ...validity, runs: 1 }, overlap: 'parallel' }), 3);
    await pass(test, 2 * hour, async () => expect(await fires()).toHaveLength(3));
  });

  it('goes on counting its runs when it is published again as it was', async () => {
    const validity = { from: null, to: null, runs: 2 };
    const workflow = timed({ validity, overlap: 'parallel' });
    await publish(test, workflow);
    await pass(test, 1.5 * hour, async () => expect(await fires()).toHaveLength(1));
    const again = async () => {
      await publish(test, null);
      await publish(test, workflow, (await test.db('workflow_versions')).length + 1);
    };
    await again();
    expect(await test.db('schedules').first()).toMatchObject({ starts: 1, next_at: '2026-03-02T10:00:00.000Z' });
    await pass(test, 2 * hour, async () => expect(await fires()).toHaveLength(2));
    await again();
    expect(await test.db('schedules').first()).toMatchObject({ starts: 2, next_at: null });
    await publish(test, null);
    await publish(test, timed({ validity: { ...validity, runs: 1 } }), 9);
    expect(await test.db('schedules').first()).toMatchObject({ starts: 0, next_at: '2026-03-02T12:00:00.000Z' });
  });

  it('that is published changed while an instant is due starts it, if it still contains it', async () => {
    await test.engine.stop();
    await publish(test, timed({ cron: '*/5 * * * *' }), 1);
    await test.clock.step(5 * minute + 100);
    await publish(test, timed({ cron: '*/5 8-18 * * *' }), 2);
    const next = test.another();
    await next.start();
    await test.eventually(async () => expect(await fires()).toEqual(['03-02T08:05 started']));
    await next.stop();
    await test.clock.step(5 * minute);
    await publish(test, timed({ cron: '7 * * * *' }), 3);
    expect(await fires()).toEqual(['03-02T08:05 started', '03-02T08:10 missed']);
    await test.clock.step(57 * minute);
    await publish(test, null);
    expect((await fires()).at(-1)).toBe('03-02T09:07 missed');
  });

  it('that cannot be fired is an alarm, once, and keeps no other one back', async () => {
    await publish(test, timed({ overlap: 'parallel' }));
    const row = await test.db('schedules').first();
    const broken = { ...row, node_id: 'broken', time_zone: 'Mars/Phobos', next_at: '2026-03-02T08:30:00.000Z' };
    await test.db('schedules').insert(broken);
    const good = test.db('schedules').where({ node_id: 't' });
    while (test.clock.now().toISOString() < '2026-03-02T09:10:00.000Z') {
      await test.clock.step(minute / 2);
      const due = good.clone().where('next_at', '<=', test.clock.now().toISOString());
      await test.eventually(async () => expect(await due.clone()).toEqual([]));
    }
    expect(await fires()).toEqual(['03-02T09:00 started']);
    const looks = await test.begin(draw('b', {}, {}, 'other'));
    await test.until(looks, 'succeeded');
    const alarms = await test.db('alarms').where({ node: 'broken' });
    expect(alarms).toMatchObject([{ kind: 'schedule', workflow: 'flow', state: 'raised', times: 1 }]);
    expect(alarms[0].message).toContain('A start that is due cannot be made.');
    const next = test.another();
    await next.start();
    await next.stop();
  });

  it('does not start when its validity has ended', async () => {
    await publish(test, timed({ validity: { from: null, to: '2026-03-02 10:00', runs: null } }));
    await pass(test, 4 * hour, async () => expect(await fires()).toHaveLength(2));
    expect((await test.db('schedules').first()).next_at).toBeNull();
  });

  it('ends when nothing is published any more', async () => {
    await publish(test, timed());
    await publish(test, null);
    expect(await test.db('schedules')).toEqual([]);
    await pass(test, 2 * hour, async () => expect(await test.db('runs')).toEqual([]));
  });

  it('begins anew when its text changes, and only then', async () => {
    const next = async () => (await test.db('schedules').first()).next_at;
    await publish(test, timed({ cron: '0 12 * * *' }), 1);
    expect(await next()).toBe('2026-03-02T12:00:00.000Z');
    await publish(test, timed({ cron: '0 12 * * *', overlap: 'queue' }), 2);
    expect(await test.db('schedules').first()).toMatchObject({ version: 2, overlap: 'queue' });
    expect(await next()).toBe('2026-03-02T12:00:00.000Z');
    await publish(test, timed({ cron: '0 12 * * *', timeZone: 'America/New_York' }), 3);
    expect(await next()).toBe('2026-03-02T17:00:00.000Z');
  });

  it('whose workflow cannot run any more is refused, and goes on', async () => {
    const workflow = timed({ overlap: 'parallel' });
    await publish(test, workflow);
    await test.db('workflow_versions').update({
      file: serializeWorkflow({
        ...workflow,
        nodes: workflow.nodes.map((n) => (n.id === 'a' ? { ...n, type: 'gone' } : n)),
      }),
    });
    await pass(test, 2 * hour, async () =>
      expect(await fires()).toEqual(['03-02T09:00 refused', '03-02T10:00 refused']),
    );
    expect((await test.db('schedule_fires').first()).error).toContain('WORKFLOW_INVALID');
    expect(await test.db('runs')).toEqual([]);
  });

  // How full its disk is, a database server does not say.
  it.skipIf(onPostgres)('starts nothing while the disk is nearly full', async () => {
    const full = await engineUnderTest(acts, { diskFloor: Number.MAX_VALUE });
    await publish(full, timed());
    await pass(full, hour, async () => expect(await fires(full)).toEqual(['03-02T09:00 refused']));
    expect((await full.db('schedule_fires').first()).error).toContain('DISK_LOW');
    await full.close();
  });
});

describe('across a change of clocks in Berlin', () => {
  const night = async (start: string, timer: Timer) => {
    const clock = createSteppedClock(start);
    const berlin = await engineUnderTest(acts, { clock });
    await publish(berlin, timed({ timeZone: 'Europe/Berlin', overlap: 'parallel', ...timer }));
    await pass(berlin, 4 * hour, async () => undefined);
    const found = await fires(berlin);
    await berlin.close();
    return found.map((fire) => fire.slice(0, 11));
  };

  it('a skipped time runs at the end of the gap, a repeated one once', async () => {
    expect(await night('2026-03-28T23:50:00.000Z', { cron: '30 2 * * *' })).toEqual(['03-29T01:00']);
    expect(await night('2026-10-24T23:50:00.000Z', { cron: '30 2 * * *' })).toEqual(['10-25T00:30']);
  });

  it('an hourly schedule runs once an hour of real time', async () => {
    expect(await night('2026-03-28T23:50:00.000Z', {})).toEqual([
      '03-29T00:00',
      '03-29T01:00',
      '03-29T02:00',
      '03-29T03:00',
    ]);
    expect(await night('2026-10-24T23:50:00.000Z', {})).toEqual([
      '10-25T00:00',
      '10-25T01:00',
      '10-25T02:00',
      '10-25T03:00',
    ]);
  });
});

describe('while a run is still active', () => {
  const busy = async (overlap: string) => {
    acts.a = () => ({ waitUntil: '2030-01-01T00:00:00.000Z', reason: 'the test' });
    await publish(test, timed({ overlap }));
    await pass(test, 3 * hour, async () => expect(await fires()).toHaveLength(3));
    return fires();
  };

  it('an instant is skipped, and recorded', async () => {
    expect(await busy('skip')).toEqual(['03-02T09:00 started', '03-02T10:00 skipped', '03-02T11:00 skipped']);
  });

  it('one run waits, further instants are skipped', async () => {
    expect(await busy('queue')).toEqual(['03-02T09:00 started', '03-02T10:00 queued', '03-02T11:00 skipped']);
  });

  it('that waits for approval, somebody hears that nothing is started, and why', async () => {
    acts.a = () => ({ waitUntil: never, reason: 'the test', asks: 'May it be sent?' });
    await publish(test, timed({ overlap: 'skip' }));
    await pass(test, hour, async () => expect(await fires()).toHaveLength(1));
    const { run_id: asking } = await test.db('schedule_fires').first();
    await test.until(asking, 'waiting for approval');
    expect(await test.db('alarms')).toEqual([]);
    await pass(test, 2 * hour, async () => expect(await fires()).toHaveLength(3));
    const message = expect.stringMatching(`^Nothing is started while the run ${asking}, .* Open that run and answer`);
    expect(await test.db('alarms')).toMatchObject([{ kind: 'schedule', workflow: 'flow', node: 't', message }]);
    acts.a = () => take('success');
    await test.command(asking, 'stop');
    await pass(test, hour, async () => expect((await fires()).at(-1)).toBe('03-02T12:00 started'));
    await test.eventually(async () => expect(await test.db('alarms')).toMatchObject([{ state: 'cleared' }]));
  });

  it('runs go side by side', async () => {
    expect(await busy('parallel')).toEqual(['03-02T09:00 started', '03-02T10:00 started', '03-02T11:00 started']);
  });
});

describe('instants that passed while no engine ran', () => {
  const away = async (catchUp: string, rest: Timer = {}) => {
    await publish(test, timed({ catchUp, ...rest }));
    await test.engine.stop();
    await test.clock.step(3.5 * hour);
    const back = test.another();
    await back.start();
    await test.passUntil(async () => expect(await fires()).toHaveLength(3));
    await back.stop();
    return fires();
  };

  it('are left out with none', async () => {
    expect(await away('none')).toEqual(['03-02T09:00 missed', '03-02T10:00 missed', '03-02T11:00 missed']);
    expect(await test.db('runs')).toEqual([]);
  });

  it('are made up for by one run with last', async () => {
    expect(await away('last')).toEqual(['03-02T09:00 missed', '03-02T10:00 missed', '03-02T11:00 started']);
  });

  it('are left out where they passed before the window', async () => {
    expect(await away('all', { catchUpHours: 2 })).toEqual([
      '03-02T09:00 missed',
      '03-02T10:00 started',
      '03-02T11:00 started',
    ]);
  });

  it('are no run at all with last, when the last one passed before the window', async () => {
    const daily = { cron: '0 9,10,11 * * *', catchUpHours: 1 };
    await publish(test, timed({ catchUp: 'last', ...daily }));
    await test.engine.stop();
    await test.clock.step(6 * hour);
    const back = test.another();
    await back.start();
    await test.eventually(async () => expect(await fires()).toHaveLength(3));
    await back.stop();
    expect(await test.db('runs')).toEqual([]);
  });

  it('each get a run with all, one after the other', async () => {
    let running = 0;
    let most = 0;
    acts.a = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return take('success');
    };
    expect(await away('all')).toEqual(['03-02T09:00 started', '03-02T10:00 started', '03-02T11:00 started']);
    expect(most).toBe(1);
  });

  it('are recorded up to two hundred, so that a long pause of a busy schedule costs nothing', async () => {
    await publish(test, timed({ cron: '*/2 * * * *', catchUp: 'last' }));
    await test.engine.stop();
    await test.clock.step(30 * 24 * hour);
    const back = test.another();
    await back.start();
    await test.eventually(async () => expect(await fires()).toHaveLength(200));
    await back.stop();
    const found = await fires();
    expect(found.filter((fire) => !fire.endsWith('missed'))).toEqual(found.slice(-1));
    expect(found.at(-1)).toBe('04-01T08:00 started');
    const { next_at: next } = await test.db('schedules').first();
    expect(Date.parse(next)).toBeGreaterThan(test.clock.now().getTime());
  });
});
