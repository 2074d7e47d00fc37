import { Clock } from '../kit/clock.ts';
import { RequestLog } from '../kit/requestLog.ts';
import { Faults } from './faults.ts';
import { HISTORY_END, World } from './generated/rows.ts';
import type { Settings } from './options.ts';
import { Protection } from './protection.ts';
import { App } from './signIn/app.ts';
import { guidOf } from './store/guid.ts';
import { newRow, Table } from './store/table.ts';
import type { Value } from './tables/column.ts';
import { account, contact, incident, lead, reading, subscription } from './tables/sales.ts';
import {
  entity,
  organization,
  recyclebinconfig,
  sdkmessage,
  sdkmessagefilter,
  systemuser,
  team,
  transactioncurrency,
} from './tables/setup.ts';

const DEFINITIONS = [
  organization,
  transactioncurrency,
  entity,
  recyclebinconfig,
  sdkmessage,
  sdkmessagefilter,
  systemuser,
  team,
  account,
  contact,
  lead,
  incident,
  subscription,
  reading,
];
/** Messages for many rows; the last one is of elastic tables alone. */
const MESSAGES = ['CreateMultiple', 'UpdateMultiple', 'UpsertMultiple', 'DeleteMultiple'];
/** Everything lies in memory. */
const MOST_CONTACTS = 500_000;

/** One demo organisation: its rows, its clock, and everything that stands between a request and them. */
export class Org {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly id: string;
  readonly tenant: string;
  readonly businessUnitId: string;
  /** The application user that clients act as. */
  readonly userId: string;
  readonly app: App;
  readonly protection: Protection;
  readonly faults = new Faults();
  readonly requests = new RequestLog();
  readonly tables: readonly Table[];
  private version = 1_000_000;
  private readonly byName: ReadonlyMap<string, Table>;
  private readonly bySet: ReadonlyMap<string, Table>;
  private undo: (() => void)[] | null = null;

  /** Throws RangeError for too many contacts, or when the clock would stand before the last generated stamp. */
  constructor(settings: Settings) {
    this.settings = settings;
    if (settings.contacts > MOST_CONTACTS) throw new RangeError(`there can be at most ${MOST_CONTACTS} contacts`);
    this.clock = new Clock(settings.clock);
    if (this.clock.seconds() < HISTORY_END)
      throw new RangeError(`the clock must not stand before ${new Date(HISTORY_END * 1000).toISOString()}`);
    this.tables = DEFINITIONS.map((definition) => new Table(definition));
    this.byName = new Map(this.tables.map((table) => [table.name, table]));
    this.bySet = new Map(this.tables.map((table) => [table.definition.setName, table]));
    this.fill(new World(settings.seed, settings.contacts));
    this.listTables();
    this.id = guidOf(settings.seed, 'organization', 0);
    this.userId = guidOf(settings.seed, 'systemuser', 0);
    this.tenant = guidOf(settings.seed, 'tenant', 0);
    this.businessUnitId = guidOf(settings.seed, 'businessunit', 0);
    this.app = new App(this.clock, settings);
    this.protection = new Protection(this.clock, settings);
  }

  /** A table by its logical name. */
  table(name: string): Table | undefined {
    return this.byName.get(name);
  }

  /** A table by the name in addresses; case counts. */
  tableOfSet(setName: string): Table | undefined {
    return this.bySet.get(setName);
  }

  get lastVersion(): number {
    return this.version;
  }

  nextVersion(): number {
    return ++this.version;
  }

  /** All that `work` writes stays, or nothing of it when it throws. What happens within another one belongs to that. */
  atomically<T>(work: () => T): T {
    if (this.undo !== null) return work();
    const undo: (() => void)[] = [];
    this.undo = undo;
    try {
      return work();
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    } finally {
      this.undo = null;
    }
  }

  /** Says how to take a write back. */
  onUndo(step: () => void): void {
    this.undo?.push(step);
  }

  /** Whether deleted rows can be restored; the tables for which it is so say it. */
  switchRecycleBin(isOn: boolean): void {
    this.settings.recycleBin = isOn;
    for (const row of this.table('recyclebinconfig')!.rows.values()) row.values.statecode = isOn ? 0 : 1;
  }

  /** Whether a table takes a message. */
  takes(message: string, table: string): boolean {
    return [...this.table('sdkmessagefilter')!.rows.values()].some(
      ({ values }) => values.primaryobjecttypecode === table && values.name === message,
    );
  }

  private listTables(): void {
    const stamps = { createdon: '2019-04-01T08:00:00Z', modifiedon: '2019-04-01T08:00:00Z' };
    const put = (table: string, number: number, values: Record<string, Value>): string => {
      const id = guidOf(this.settings.seed, table, number);
      this.table(table)!.put(newRow(id, this.nextVersion(), { ...stamps, ...values, [`${table}id`]: id }));
      return id;
    };
    const messages = MESSAGES.map((name, number) => ({ name, id: put('sdkmessage', number, { name }) }));
    for (const [number, { definition }] of this.tables.entries()) {
      const taken = messages.slice(0, definition.elastic ? 4 : definition.writable ? 3 : 0);
      for (const [place, { name, id: sdkmessageid }] of taken.entries())
        put('sdkmessagefilter', number * MESSAGES.length + place, {
          name,
          primaryobjecttypecode: definition.name,
          sdkmessageid,
        });
      const id = put('entity', number, { name: definition.schemaName, logicalname: definition.name });
      if (!definition.keepsDeleted) continue;
      const state = { statecode: this.settings.recycleBin ? 0 : 1, statuscode: 1, isreadyforrecyclebin: true };
      put('recyclebinconfig', number, { name: definition.name, ...state, extensionofrecordid: id });
    }
  }

  private fill(world: World): void {
    for (const table of this.tables)
      for (let row = 0; row < (world.counts[table.name] ?? 0); row++) {
        const id = world.id(table.name, row);
        const { primaryId } = table.definition;
        table.put(newRow(id, this.nextVersion(), { ...world.values(table.name, row), [primaryId]: id }));
      }
  }
}
