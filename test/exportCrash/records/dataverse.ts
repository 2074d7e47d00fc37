/** Accounts of a demo Dataverse organisation: what is deleted of them can be restored. */
import { startDataverseProcess } from '../../harness/dataverse.ts';
import type { Draw, Fault } from '../drawing.ts';
import type { CrmKind, CrmRemote, Person } from './remote.ts';

const recordsOfRequest = 200;

export const dataverse: CrmKind = {
  batches: ['auto'],
  byJob: () => false,
  takesKeys: true,
  requests: (rows) => 14 + Math.ceil(rows / recordsOfRequest) * 4,
  fault: (draw, rows) => drawFault(draw, Math.ceil(rows / recordsOfRequest)),
  expiry: 'expire-tokens',
  refusing: ['lock-part', 'status', 'html', 'truncated-body', 'reset-before', 'reset-after', 'reset-mid-body'],
  open,
};

const fields = { key: 'new_externalid', last: 'name', title: 'address1_city', department: 'address1_country' };

async function open(): Promise<CrmRemote> {
  const org = await startDataverseProcess({ seed: 4, contacts: 20, clock: '2026-07-01T12:00:00Z' });
  const { url, tenant, clientId, clientSecret } = org;
  const find = (department: string) =>
    org.rows(
      `accounts?$select=${Object.values(fields).join(',')},versionnumber&$filter=${fields.department} eq '${department}'&$orderby=${fields.key}`,
    );
  return {
    connections: [
      {
        name: 'demo',
        kind: 'dynamics',
        settings: { environmentUrl: url, tenant, clientId, clientSecret, cloud: 'own', authority: url },
      },
    ],
    object: 'account',
    fields,
    missingId: (index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    control: org.control,
    clearFaults: () => fetch(`${url}/__demo/faults`, { method: 'DELETE' }),
    async requests() {
      const state = await fetch(`${url}/__demo/state`);
      return ((await state.json()) as { requests: number }).requests;
    },
    async create(records) {
      await org.control(
        'records',
        records.map((record) => ({
          operation: 'create',
          table: 'account',
          values: {
            [fields.key]: record.key,
            [fields.last]: record.last,
            [fields.title]: record.title,
            [fields.department]: record.department,
          },
        })),
      );
    },
    read: async (department) => (await find(department)).map(toPerson),
    texts: async (department) => (await find(department)).map((one) => JSON.stringify(one)),
    [Symbol.asyncDispose]: () => org.stop(),
  };
}

const toPerson = (found: Record<string, unknown>): Person => ({
  id: String(found.accountid),
  key: found[fields.key] as string | null,
  last: found[fields.last] as string | null,
  title: found[fields.title] as string | null,
  department: found[fields.department] as string | null,
});

/** Messages for many, batches, and what brings deleted rows back, which goes by a batch. */
const writes = { path: 'Microsoft\\.Dynamics\\.CRM\\.|\\$batch' };
const batches = { path: '\\$batch' };
const all = { path: '/api/data/v9.2/' };

function drawFault({ upTo, one }: Draw, requests: number): Fault {
  const place = { after: upTo(requests + 1), times: 1 + upTo(2) };
  const onWrites = [
    ...['reset-after', 'reset-after', 'reset-after', 'reset-before', 'reset-mid-body', 'truncated-body'],
    ...['status', 'limit', 'html', 'expire-tokens'],
  ];
  const onReads = ['html', 'reset-mid-body', 'truncated-body', 'limit', 'expire-tokens', 'small-pages'];
  const more = { seconds: 1 + upTo(60), status: one([500, 502, 503, 504]), rows: 1 + upTo(50) };
  const wire = { kind: one(onWrites), match: writes, ...place };
  const reads = { kind: one(onReads), match: all, ...place, after: upTo(requests * 3 + 15) };
  // One that is locked is refused, and the others of its batch are written.
  const locked = { kind: 'lock-part', match: batches, after: upTo(2), times: place.times, part: upTo(20) };
  const deadlock = {
    kind: 'status',
    match: writes,
    ...place,
    status: 500,
    errorCode: '0x80044150',
    message: deadlocked,
  };
  return one<Fault>([wire, wire, wire, reads, locked, deadlock].map((fault) => withOwn(fault, more)));
}

const deadlocked =
  'Sql error: Generic SQL error. CRM ErrorCode: -2147204784 Sql ErrorCode: -2146232060 Sql Number: 1205';

/** Each kind takes numbers of its own. */
function withOwn(fault: Fault, { seconds, status, rows }: Record<'seconds' | 'status' | 'rows', number>): Fault {
  if (fault.kind === 'limit') return { ...fault, seconds };
  if (fault.kind === 'small-pages') return { ...fault, rows };
  return fault.kind === 'status' ? { status, ...fault } : fault;
}
