/** The workflows that are run while processes are killed, and what must be left of each afterwards. */
import type { Reply } from '../../contract/api.ts';
import { openTaskStates } from '../../contract/run.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { asSet, contactsWorkflow, expectedContacts, splitByEmail } from '../harness/contacts.ts';
import type { Organisation } from '../harness/organisation.ts';
import type { Product } from '../harness/product.ts';
import { readEvents } from '../harness/product.ts';
import { countsTable, expectedCounts, expectedRows, mixedWorkflow } from './mixed.ts';

export interface CrashCase {
  title: string;
  workflow(name: string): Workflow;
  /** Throws when something was lost or doubled. */
  verify(product: Product, name: string, run: Reply<'getRun'>): Promise<void>;
}

export async function crashCases(org: Organisation): Promise<CrashCase[]> {
  return [await contactsCase(org), mixedCase];
}

async function contactsCase(org: Organisation): Promise<CrashCase> {
  const contacts = await expectedContacts(org);
  const split = splitByEmail(contacts);
  const [kept, duplicates] = [asSet(split.kept), asSet(split.duplicates)];
  return {
    title: `the import of ${contacts.length} contacts`,
    workflow: contactsWorkflow,
    async verify(product, name, run) {
      const counts = countRows(run);
      same('rows imported', counts['changedContacts.success'], contacts.length);
      same('rows kept', counts['onePerEmail.success'], kept.length);
      same('duplicates', counts['onePerEmail.duplicates'], duplicates.length);
      same('rows of the table', asSet(await localRows(product, `${name}_contacts`)), kept);
      same('rows of the other table', asSet(await localRows(product, `${name}_duplicate_contacts`)), duplicates);
    },
  };
}

const mixedCase: CrashCase = {
  title: 'a workflow of many kinds of nodes',
  workflow: mixedWorkflow,
  async verify(product, name, run) {
    const counts = countRows(run);
    for (const [port, rows] of Object.entries(expectedRows)) same(`rows of ${port}`, counts[port], rows);
    const effects: Record<string, number> = {};
    for (const [, node] of await localRows(product, countsTable(name)))
      effects[String(node)] = (effects[String(node)] ?? 0) + 1;
    for (const [node, rows] of Object.entries(expectedCounts)) same(`effects of ${node}`, effects[node], rows);
  },
};

function countRows(run: Reply<'getRun'>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const task of run.tasks)
    for (const [port, { count }] of Object.entries(task.outputs)) {
      const key = `${task.nodeId}.${port}`;
      counts[key] = (counts[key] ?? 0) + (count ?? 0);
    }
  return counts;
}

async function localRows(product: Product, table: string): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  let cursor: string | undefined;
  do {
    const page = await product.call('listLocalRows', { params: { table }, query: { limit: 1_000, cursor } });
    rows.push(...page.rows);
    cursor = page.cursor ?? undefined;
  } while (cursor);
  return rows;
}

/** What holds of every run that has ended, whatever it did. */
export async function verifyEnd(product: Product, run: Reply<'getRun'>): Promise<void> {
  same('state of the run', run.state, 'succeeded');
  const open = run.tasks.filter((task) => openTaskStates.includes(task.state));
  same('tasks that still hold a lease or wait', open.length, 0);
  const ended = (await readEvents(product, run.id))
    .filter((event) => event.type === 'task.succeeded')
    .map((event) => String((event as unknown as { taskId: string }).taskId));
  same('tasks that succeeded twice', ended.length - new Set(ended).size, 0);
}

function same(what: string, found: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${String(a).slice(0, 300)} instead of ${String(b).slice(0, 300)}`);
}
