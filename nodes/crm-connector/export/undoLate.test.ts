/** An undo that waits for its answer while others go on working in the organisation. */
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../contract/types.ts';
import { exportTests, mapped } from '../../../test/harness/exports.ts';
import { passTime } from '../../../test/harness/passTime.ts';

const { engine, org, flow, kept, undo } = await exportTests(20, 13);
const types: Record<string, ColumnType> = { name: 'text' };
const hours = 14_400_000;

describe('an undo that is approved late', () => {
  it('deletes no record to which others were added after it was planned', async () => {
    const settings = { object: 'Account', mode: 'insert' as const, mapping: [mapped('Name', 'name')] };
    const started = await flow(types, [{ name: 'Late Ltd' }, { name: 'Alone Ltd' }], settings).started();
    await started.finished();
    const [parent] = await org().query("SELECT Id FROM Account WHERE Name = 'Late Ltd'");
    const undone = await undo(await kept(started));
    await undone.reached('send', 'waiting');
    const values = { LastName: 'Added later', AccountId: parent?.Id };
    await org().control('records', [{ operation: 'create', object: 'Contact', values }]);
    await undone.decide('send', true);
    const run = await passTime(engine, undone, 'send', hours);
    expect(await org().query("SELECT Name FROM Account WHERE Name IN ('Late Ltd', 'Alone Ltd')")).toMatchObject([
      { Name: 'Late Ltd' },
    ]);
    expect(await org().query("SELECT LastName FROM Contact WHERE LastName = 'Added later'")).toHaveLength(1);
    expect(await run.rows('send.reject')).toMatchObject([{ recordId: parent?.Id, errorCode: 'CHILDREN_WOULD_GO' }]);
  });
});
