import { it } from 'vitest';
import { systemClock } from '../../server/db/clock.ts';
import { draw } from './draw.ts';
import { engineUnderTest } from './engineUnderTest.ts';
it('bench', async () => {
  const t = await engineUnderTest({}, { clock: systemClock as never });
  const names = Array.from({ length: 60 }, (_, i) => `n${i}`);
  const chain = draw(names.slice(1).map((n, i) => `${names[i]} -> ${n}`).join(', '));
  for (let k = 0; k < 3; k += 1) {
    const s = performance.now();
    const run = await t.finish(chain);
    const total = performance.now() - s;
    const ev = await t.events(run.id);
    console.log('chain 60', total.toFixed(0), 'ms', (total / 60).toFixed(2), 'ms/task', run.state, ev.length);
  }
  const wide = draw(names.slice(1).map((n) => `n0 -> ${n}`).join(', '));
  const s = performance.now();
  await t.finish(wide);
  console.log('wide 60', ((performance.now() - s) / 60).toFixed(2), 'ms/task');
  await t.engine.stop(); await t.sandbox.close(); await t.db.destroy();
}, 60000);
