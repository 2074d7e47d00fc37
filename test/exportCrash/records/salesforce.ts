/** Contacts of a demo Salesforce organisation. */
import { plainClient, startOrganisation } from '../../harness/organisation.ts';
import type { Draw, Fault } from '../drawing.ts';
import type { CrmKind, CrmRemote, Person } from './remote.ts';

/** Above, a job is chosen for them; near it, either is. */
const fewForJobs = 2_000;

export const salesforce: CrmKind = {
  batches: ['never', 'auto', 'always'],
  byJob: ({ batches, kind, rows }) =>
    batches === 'always' || kind === 'insert' || (batches === 'auto' && rows > fewForJobs),
  takesKeys: false,
  requests: (rows, byJob) =>
    8 + (byJob ? Math.ceil(rows / 500) + 12 : Math.ceil(rows / 200) * 2 + Math.ceil(rows / 500)),
  fault: (draw, rows, byJob) => drawFault(draw, byJob ? null : Math.ceil(rows / 200)),
  expiry: 'expire-session',
  refusing: ['lock-row', 'fail-job', 'abort-job', 'status', 'reset-before', 'reset-after', 'reset-mid-body'],
  open,
};

const fields = { key: 'External_Id__c', last: 'LastName', title: 'Title', department: 'Department' };

async function open(): Promise<CrmRemote> {
  const org = await startOrganisation({ seed: 4, contacts: 20, clock: '2026-07-01T12:00:00Z' });
  const { url, clientId, clientSecret } = org;
  // With a session of its own: that of before may have ended.
  const find = (department: string, more = '') =>
    plainClient(org).query(
      `SELECT Id, ${Object.values(fields).join(', ')}${more} FROM Contact WHERE Department = '${department}' ORDER BY ${fields.key}`,
    );
  return {
    connections: [
      {
        name: 'demo',
        kind: 'salesforce',
        settings: { instanceUrl: url, clientId, clientSecret, apiVersion: '60.0' },
      },
    ],
    object: 'Contact',
    fields,
    missingId: (index) => `003zzzzzzz${String(index).padStart(5, '0')}`,
    control: org.control,
    clearFaults: org.clearFaults,
    async requests() {
      const state = await fetch(`${url}/__demo/state`);
      return ((await state.json()) as { requests: number }).requests;
    },
    async create(records) {
      const values = records.map((record) => ({
        [fields.key]: record.key,
        [fields.last]: record.last,
        [fields.title]: record.title,
        [fields.department]: record.department,
      }));
      await org.control(
        'records',
        values.map((one) => ({ operation: 'create', object: 'Contact', values: one })),
      );
    },
    read: async (department) => (await find(department)).map(toPerson),
    texts: async (department) => (await find(department, ', SystemModstamp')).map((one) => JSON.stringify(one)),
    [Symbol.asyncDispose]: () => org.stop(),
  };
}

const toPerson = (found: Record<string, unknown>): Person => ({
  id: String(found.Id),
  key: found[fields.key] as string | null,
  last: found[fields.last] as string | null,
  title: found[fields.title] as string | null,
  department: found[fields.department] as string | null,
});

const data = '/services/data/v60.0';
const collections = { path: `${data}/composite/sobjects` };
const ingest = { path: `${data}/jobs/ingest` };
/** Deleted records are brought back there. */
const soap = { path: '/services/Soap/' };

/** `requests`: how many of them write; null: a job does. */
function drawFault({ upTo, one }: Draw, requests: number | null): Fault {
  const byJob = requests === null;
  const place = { after: upTo(byJob ? 5 : requests + 1), times: 1 + upTo(2) };
  const writes = byJob ? ingest : collections;
  const started = { ...ingest, method: 'PATCH' };
  const onWrites = ['reset-after', 'reset-after', 'reset-before', 'reset-mid-body', 'status', 'expire-session'];
  const onJobs: Fault[] = [
    { kind: 'fail-job', match: started, after: 0, times: place.times, rows: upTo(3_000) },
    { kind: 'abort-job', match: started, after: 0, times: 1, rows: upTo(3_000) },
    { kind: 'slow-job', match: started, after: 0, times: 1, ms: upTo(300) },
  ];
  const locked: Fault = {
    kind: 'lock-row',
    match: byJob ? started : collections,
    after: byJob ? 0 : place.after,
    times: place.times,
    record: upTo(20),
  };
  const wire: Fault = { kind: one(onWrites), match: upTo(8) === 0 ? soap : writes, ...place };
  const reads: Fault = { kind: one(['html', 'reset-mid-body', 'expire-session']), match: { path: data }, ...place };
  return one(byJob ? [...onJobs, locked, wire, wire, reads] : [locked, wire, wire, wire, reads]);
}
