/** One case: an organisation that changes, a workflow that follows it, and the table in local data that has to be equal. */
import { formatCursor } from '../../contract/run.ts';
import { defaults } from '../../nodes/crm-connector/config.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { changeOption } from '../../server/options/options.ts';
import { listEvents } from '../../server/runs/events.ts';
import type { TestEngine } from '../harness/engine.ts';
import type { Flow } from '../harness/flow.ts';
import type { Watch } from '../harness/interruptions.ts';
import type { plainClient } from '../harness/organisation.ts';
import type { RunView } from '../harness/runView.ts';
import type { FlowNodes } from '../harness/workflow.ts';
import { People } from './people.ts';
import type { Crash, Step, Write } from './schedule.ts';

type Client = ReturnType<typeof plainClient>;

/** Smaller than a tie, so that a tie lies on several pages. */
const pageRows = 7;
const retry = { attempts: 4, delay: 0, maxDelay: 0 };

export class Replica {
  readonly people: People;
  readonly alarms: string[] = [];
  /** Kinds of crash that were played. */
  readonly crashes: string[] = [];
  attemptsAgain = 0;
  readonly #engine: TestEngine;
  readonly #org: Client;
  readonly #name: string;
  readonly #flow: Flow;

  private constructor(engine: TestEngine, org: Client, name: string) {
    this.people = new People(org, name);
    this.#engine = engine;
    this.#org = org;
    this.#name = name;
    this.#flow = engine.flow(nodesOf(name), ['gone -> erase', 'erase -> contacts', 'contacts -> write']).named(name);
  }

  /** What was deleted before the case began is none of its business. */
  static async begin(engine: TestEngine, org: Client, name: string): Promise<Replica> {
    const { now } = (await org.control('clock', { advanceSeconds: 60 })) as { now: string };
    const option = { name: `LASTIMPORT_DELETED_${name}_gone`, value: formatCursor(new Date(now)) };
    await inTransaction(engine.parts.db, (tx) =>
      changeOption(tx, { ...option, by: 'test', runId: null, at: engine.clock.now().toISOString() }),
    );
    return new Replica(engine, org, name);
  }

  async play(step: Step): Promise<void> {
    if (step.kind === 'wait') return this.people.wait(step.seconds);
    if (step.kind === 'import') return this.#import(step.crash, step.meanwhile);
    return this.people.write(step);
  }

  /** Everything is committed, time passes, and one import goes well. */
  async settle(): Promise<void> {
    await this.people.commitAll();
    await this.people.wait(300);
    await this.#import(null, null);
  }

  async rows(): Promise<string[]> {
    const rows = await this.#engine.localRows(this.#name);
    return rows.map((row) => JSON.stringify([row.Id, row.LastName, row.Title])).sort();
  }

  async #import(crash: Crash | null, meanwhile: Write | null): Promise<void> {
    await this.#setFaults(crash);
    const restarts: Promise<void>[] = [];
    const watches = this.#watches(crash, meanwhile, restarts);
    const flow = Object.entries(watches).reduce((all, [node, watch]) => all.watched(node, watch), this.#flow);
    const run = await flow.finished();
    await Promise.all(restarts);
    if (crash) this.crashes.push(crash.kind);
    this.attemptsAgain += run.detail.tasks.reduce((sum, task) => sum + task.attempt - 1, 0);
    if (crash === null && run.state !== 'succeeded') throw new Error(`An import failed: ${run.describe()}`);
    this.alarms.push(...(await this.#alarmsOf(run)));
  }

  async #setFaults(crash: Crash | null): Promise<void> {
    await this.#org.clearFaults();
    const match = { path: '/services/data/v60.0/query' };
    await this.#org.control('faults', { kind: 'small-pages', match, times: null, rows: pageRows });
    if (crash?.kind !== 'wire') return;
    const { fault, after, times } = crash;
    await this.#org.control('faults', { kind: fault, match: { path: '/services/data/v60.0' }, after, times });
  }

  /** What happens while the nodes work. The earlier import's is taken back by naming all of them. */
  #watches(crash: Crash | null, meanwhile: Write | null, restarts: Promise<void>[]): Record<string, Watch> {
    let appends = 0;
    let written = meanwhile === null;
    const watches: Record<string, Watch> = { gone: {}, erase: {}, write: {} };
    watches.contacts = {
      onCall: async (call) => {
        if (call !== 'append') return;
        appends += 1;
        // After the first: that says how far an import by date reaches.
        if (!written && meanwhile && appends > 1) {
          written = true;
          await this.people.write(meanwhile);
        }
        if (crash?.kind === 'engine' && crash.call === appends) restarts.push(this.#engine.restart());
      },
    };
    if (crash?.kind === 'attempt') watches[crash.node] = { ...watches[crash.node], interruption: crash.interruption };
    if (crash?.kind === 'run')
      watches.write = {
        onCall: async () => {
          throw new Error('not today');
        },
      };
    return watches;
  }

  async #alarmsOf(run: RunView): Promise<string[]> {
    const events = await listEvents(this.#engine.parts.db, run.detail.id, 0, 10_000);
    return events.flatMap((event) => (event.type === 'alarm' ? [event.message] : []));
  }
}

function nodesOf(name: string): FlowNodes {
  const crm = { ...defaults, connection: 'demo', object: 'Contact' };
  const field = (of: string) => ({ name: of, label: of, type: 'text' as const, conversion: 'default' as const });
  const byId = { table: name, columns: 'same', key: [{ kind: 'column', column: 'Id', destination: '' }] };
  return {
    gone: {
      type: 'crm-connector',
      config: { ...crm, operation: 'deleted', deleted: { ...defaults.deleted, period: 'sinceLast' } },
      retry,
    },
    erase: { type: 'update-data', config: { ...byId, operation: 'delete' }, retry },
    contacts: {
      type: 'crm-connector',
      config: {
        ...crm,
        fields: [field('LastName'), field('Title')],
        filter: {
          kind: 'group',
          operator: 'and',
          items: [{ kind: 'condition', field: 'Department', operator: 'eq', value: JSON.stringify(name) }],
        },
        index: { ...defaults.index, enabled: true, indexField: 'SystemModstamp' },
      },
      retry,
    },
    write: { type: 'update-data', config: { ...byId, operation: 'upsert' }, retry },
  };
}
