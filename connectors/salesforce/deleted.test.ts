import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CrmClient } from '../../contract/connector.ts';
import type { Demo } from '../../test/harness/salesforceClient.ts';
import { failure, openDemo } from '../../test/harness/salesforceClient.ts';

let demo: Demo;
let client: CrmClient;

beforeEach(async () => {
  demo = await openDemo({ contacts: 200 });
  client = await demo.connect();
});
afterEach(() => demo.close());

const at = (time: string): string => `2026-07-01T${time}.000Z`;

/** A contact that was deleted at this instant. */
async function goneAt(instant: string): Promise<string> {
  const { ids } = await demo.control<{ ids: string[] }>('records', {
    operation: 'create',
    object: 'Contact',
    values: { LastName: `gone at ${instant}` },
  });
  await demo.control('clock', { set: instant });
  await demo.control('records', { operation: 'delete', object: 'Contact', id: ids[0] });
  return String(ids[0]);
}
const asked = (): URLSearchParams[] =>
  demo.org.requests
    .since(0)
    .filter(({ path }) => path.includes('/deleted'))
    .map(({ query }) => new URLSearchParams(query.replaceAll('+', '%2B')));

test('both ends of a period belong to it to the second, though the organisation counts in minutes', async () => {
  const ids: string[] = [];
  for (const time of ['12:01:09', '12:01:10', '12:03:00', '12:05:40', '12:05:41']) ids.push(await goneAt(at(time)));
  await demo.control('clock', { set: at('13:00:00') });
  const deleted = await client.deleted('Contact', at('12:01:10'), at('12:05:40'));
  expect(deleted.records).toEqual([
    { id: ids[1], deletedAt: at('12:01:10') },
    { id: ids[2], deletedAt: at('12:03:00') },
    { id: ids[3], deletedAt: at('12:05:40') },
  ]);
  expect(deleted.coveredUntil).toBe(at('12:05:40'));
  expect(asked().map((query) => [query.get('start'), query.get('end')])).toEqual([
    ['2026-07-01T12:01:00+00:00', '2026-07-01T12:06:00+00:00'],
  ]);
});

test('a period of a moment is asked for as two minutes, and never beyond the organisation’s clock', async () => {
  const id = await goneAt(at('12:10:20'));
  await demo.control('clock', { set: at('12:10:45') });
  const now = await client.deleted('Contact', at('12:10:00'), at('12:10:40'));
  expect(now).toMatchObject({ records: [], coveredUntil: at('12:10:00') });
  await demo.control('clock', { set: at('12:20:00') });
  expect((await client.deleted('Contact', now.coveredUntil, at('12:10:40'))).records).toEqual([
    { id, deletedAt: at('12:10:20') },
  ]);
  expect(asked().map((query) => [query.get('start'), query.get('end')])).toEqual([
    ['2026-07-01T12:08:00+00:00', '2026-07-01T12:10:00+00:00'],
    ['2026-07-01T12:09:00+00:00', '2026-07-01T12:11:00+00:00'],
  ]);
});

test('where ids are too many the period is halved until they are not, and each is told once', async () => {
  const ids: string[] = [];
  for (let minute = 10; minute < 40; minute += 1) ids.push(await goneAt(at(`12:${minute}:00`)));
  await demo.control('clock', { set: at('13:00:00') });
  demo.org.replicationIds = 7;
  const { records, coveredUntil } = await client.deleted('Contact', at('12:00:00'), at('12:45:00'));
  expect(records.map((record) => record.id)).toEqual(ids);
  expect(coveredUntil).toBe(at('12:45:00'));
  demo.org.replicationIds = 2;
  expect(await failure(client.deleted('Contact', at('12:00:00'), at('12:45:00')))).toMatchObject({
    code: 'DELETED_TOO_MANY',
  });
});

test('a transaction under way ends what is covered, and the next period begins there', async () => {
  await demo.control('clock', { set: at('13:00:00') });
  await demo.control('faults', {
    kind: 'status',
    status: 200,
    body: JSON.stringify({
      deletedRecords: [],
      earliestDateAvailable: '2026-06-16T00:00:00.000+0000',
      latestDateCovered: '2026-07-01T12:20:00.000+0000',
    }),
    match: { path: 'deleted' },
  });
  expect(await client.deleted('Contact', at('12:00:00'), at('12:45:00'))).toEqual({
    records: [],
    earliestAvailable: '2026-06-16T00:00:00.000Z',
    coveredUntil: at('12:20:00'),
  });
});

test('a log that begins later is told with the answer, or refused with the date from which it is known', async () => {
  await demo.control('clock', { set: at('13:00:00') });
  const early = '2026-06-10T00:00:00.000Z';
  const { earliestAvailable } = await client.deleted('Contact', early, at('12:00:00'));
  expect(String(earliestAvailable) > early).toBe(true);
  await demo.control('faults', {
    kind: 'status',
    status: 400,
    errorCode: 'INVALID_REPLICATION_DATE',
    message: 'start is before the last purge',
    match: { path: 'deleted' },
    times: 1,
  });
  expect(await failure(client.deleted('Contact', early, at('12:00:00')))).toMatchObject({
    code: 'DELETED_NOT_KEPT',
    details: { object: 'Contact', from: early, earliest: earliestAvailable },
    message: expect.stringContaining(`it knows them from ${earliestAvailable} on`),
  });
});

test('an object whose deletions are not kept is refused with what the organisation says', async () => {
  expect(await failure(client.deleted('CaseStatus', at('10:00:00'), at('11:00:00')))).toMatchObject({
    name: 'UserError',
    message: expect.stringContaining('CaseStatus'),
  });
  expect(await failure(client.deleted('Nothing__c', at('10:00:00'), at('11:00:00')))).toMatchObject({
    code: 'OBJECT_UNKNOWN',
  });
});
