import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TaskRow } from '../../server/db/rows.ts';
import { watchRunning } from '../../server/engine/endings.ts';
import type { Host } from '../../server/engine/host.ts';
import type { RunningTask } from '../../server/engine/runTask.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

let test: UnderTest;
beforeEach(async () => {
  test = await engineUnderTest({}, { started: false });
});
afterEach(() => test.close());

it('leaves alone what was begun while the database was asked', async () => {
  const ended: string[] = [];
  const begun = (id: string): RunningTask => ({
    task: { id, attempt: 1 } as TaskRow,
    end: (why) => ended.push(`${id} ${why}`),
    done: new Promise(() => undefined),
  });
  const running = new Map([['gone', begun('gone')]]);
  const watching = watchRunning({ db: test.db } as Host, running);
  running.set('new', begun('new'));
  await watching;
  expect(ended).toEqual(['gone fenced']);
});
