import { expect, it } from 'vitest';
import { exportTests, mapped } from '../../../test/harness/exports.ts';
import type { RunView } from '../../../test/harness/runView.ts';

const { org, flow, requestsOf } = await exportTests(12_000, 5);

it('a plan of many rows reads the whole object in place of asking for each key, and says the same, wherever an attempt dies', async () => {
  const twins = ['Shared', 'SHARED'].map((Legacy_Id__c) => ({
    operation: 'create',
    object: 'Contact',
    values: { LastName: 'Twin', Legacy_Id__c },
  }));
  await org().control('records', twins);
  const known = await org().query(
    'SELECT Id, LastName, External_Id__c FROM Contact WHERE External_Id__c != null ORDER BY Id LIMIT 300',
  );
  const rows = Array.from({ length: 10_200 }, (_, index) => {
    const record = known[index * 2];
    return record
      ? { ext: String(record.External_Id__c).toLowerCase(), name: index % 2 ? 'Other' : record.LastName }
      : { ext: `none-${index}`, name: 'None' };
  });
  const types = { ext: 'text', name: 'text' } as const;
  const named = mapped('LastName', 'name');
  const settings = {
    planOnly: true,
    mode: 'upsert' as const,
    key: 'External_Id__c',
    mapping: [mapped('External_Id__c', 'ext'), named],
  };
  const told = async (run: RunView) =>
    (await run.rows('send.plan')).map(({ action, recordId, before }) => ({ action, recordId, before }));
  const expected = rows.map((row, index) => {
    const record = known[index * 2];
    if (!record) return { action: 'upsert', recordId: null, before: null };
    const changes = row.name !== record.LastName;
    return {
      action: changes ? 'update' : 'unchanged',
      recordId: record.Id,
      before: changes ? { LastName: record.LastName } : {},
    };
  });
  const asked = await requestsOf(async () => {
    expect(await told(await flow(types, rows, settings).finished())).toEqual(expected);
  });
  expect(asked.filter((request) => request.includes(" IN ('"))).toEqual([]);
  // Queries, and jobs of queries: not how often one is looked at while it is at work.
  const reads = (requests: string[]): number => requests.filter((request) => request.endsWith('/query')).length;
  for (const [interruption, moreReads] of [
    [{ call: 'append', number: 13, when: 'after' }, true],
    [{ call: 'table', number: 3, when: 'before' }, false],
    [{ call: 'table', number: 5, when: 'before' }, false],
  ] as const) {
    const askedAgain = await requestsOf(async () => {
      const again = await flow(types, rows, settings).interrupted('send', interruption).finished();
      expect(again.task('send').attempt).toBe(2);
      expect(await told(again)).toEqual(expected);
    });
    if (!moreReads) expect(reads(askedAgain) - reads(asked)).toBeLessThanOrEqual(1);
  }
  const legacy = {
    ...settings,
    mode: 'update' as const,
    key: 'Legacy_Id__c',
    mapping: [mapped('Legacy_Id__c', 'ext'), named],
  };
  const shared = await flow(types, [{ ext: 'shared', name: 'A' }, ...rows], legacy).finished();
  const codes = (await shared.rows('send.reject')).map((row) => row.errorCode);
  expect(codes).toEqual(['AMBIGUOUS_MATCH', ...rows.map(() => 'NO_MATCH')]);
});
