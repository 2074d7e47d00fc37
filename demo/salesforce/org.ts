import { Clock } from '../kit/clock.ts';
import { RequestLog } from '../kit/requestLog.ts';
import { Faults } from './faults.ts';
import { HISTORY_END } from './generated/history.ts';
import { World } from './generated/world.ts';
import type { Field } from './objects/field.ts';
import { defineObjects } from './objects/index.ts';
import type { Settings } from './options.ts';
import { Sessions } from './sessions.ts';
import { App } from './signIn/app.ts';
import { Grants } from './signIn/grants.ts';
import { People } from './signIn/people.ts';
import { Cursors } from './soql/cursors.ts';
import { BIN_SECONDS, sweepBin } from './store/recycleBin.ts';
import { Table } from './store/table.ts';
import { Usage } from './usage.ts';
import { Transactions } from './writes/transactions.ts';

/** Leaves room for as many records that clients make. */
const MOST_CONTACTS = 4_000_000;

/** A field of an object that refers to another one. */
export interface Reference {
  table: Table;
  field: Field;
}

/** One demo organisation: its records, its clock, and everything that stands between a request and them. */
export class Org {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly id: string;
  /** The user that clients sign in as. */
  readonly userId: string;
  readonly app: App;
  readonly people: People;
  readonly grants: Grants;
  readonly sessions: Sessions;
  readonly usage: Usage;
  readonly cursors: Cursors;
  readonly faults = new Faults();
  readonly requests = new RequestLog();
  readonly transactions = new Transactions();
  /** Most ids that `updated` and `deleted` answer. */
  replicationIds = 600_000;
  /** Whether `deleted` refuses a start before the log's beginning, or answers what it still knows. */
  refusesPurgedDeletes: boolean;
  private readonly byName = new Map<string, Table>();
  private readonly references = new Map<string, Reference[]>();
  private removals = 0;
  private sweptUntil = 0;

  /** Throws RangeError for too many contacts, or when the clock would stand before the last generated stamp. */
  constructor(settings: Settings) {
    this.settings = settings;
    if (settings.contacts > MOST_CONTACTS) throw new RangeError(`there can be at most ${MOST_CONTACTS} contacts`);
    this.refusesPurgedDeletes = settings.refusesPurgedDeletes;
    this.clock = new Clock(settings.clock);
    if (this.clock.seconds() < HISTORY_END) {
      throw new RangeError(`the clock must not stand before ${new Date(HISTORY_END * 1000).toISOString()}`);
    }
    const world = new World(settings.seed, settings.contacts);
    for (const definition of defineObjects(world)) {
      this.byName.set(definition.name.toLowerCase(), new Table(definition, world));
    }
    this.id = world.population('Organization').idOf(0);
    this.userId = world.population('User').idOf(0);
    this.app = new App(settings.seed, settings.app);
    this.people = new People(this.table('User')!, settings.seed);
    this.sessions = new Sessions(this.clock, this.id, settings.sessionSeconds);
    this.grants = new Grants(this.clock, this.sessions);
    this.usage = new Usage(this.clock, settings.dailyRequests);
    this.cursors = new Cursors(this.clock);
  }

  get clientId(): string {
    return this.app.clientId;
  }

  get clientSecret(): string {
    return this.app.clientSecret;
  }

  get tables(): Table[] {
    return [...this.byName.values()];
  }

  /** An object's table by its name in any case. */
  table(name: string): Table | undefined {
    return this.byName.get(name.toLowerCase());
  }

  /** The object an id is of, by its prefix. */
  tableOfId(id: string): Table | undefined {
    return this.tables.find(({ definition }) => id.startsWith(definition.prefix));
  }

  /** The fields by which records of an object have children. */
  referencesTo(name: string): readonly Reference[] {
    const known = this.references.get(name);
    if (known !== undefined) return known;
    const found = this.tables.flatMap((table) =>
      table.definition.fields
        .filter((field) => field.referenceTo === name && field.indexed)
        .map((field) => ({ table, field })),
    );
    this.references.set(name, found);
    return found;
  }

  /** A number for what one deletion takes along. */
  nextRemoval(): number {
    return ++this.removals;
  }

  /** Empties recycle bins of what has lain in them for too long. */
  sweepBins(): void {
    const until = this.clock.seconds() - BIN_SECONDS;
    if (until <= this.sweptUntil) return;
    this.sweptUntil = until;
    for (const table of this.byName.values()) sweepBin(table, until);
  }

  /** Zone in which date literals such as TODAY are read for a user. */
  zoneOf(userId: string): string {
    const users = this.table('User')!;
    return String(users.read('TimeZoneSidKey', users.rowOf(userId)));
  }
}
