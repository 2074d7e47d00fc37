/** One object and its table: rows that are put and rows that go, each batch with where the replica stands then. */
import type { CrmClient, ReadPage, ReadQuery, RemoteObjectDetails } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import type { RejectReason } from '../kit/rejects.ts';
import { ownReason, rejectCells } from '../kit/rejects.ts';
import type { NodeContext } from '../kit/run.ts';
import type { ColumnPlan } from './columns.ts';
import { convertRow, differing, planColumns } from './columns.ts';
import type { ReplicateConfig } from './config.ts';
import { changeTableName } from './objects.ts';
import type { Counts } from './outputs.ts';
import { noCounts } from './outputs.ts';
import type { ResultTables } from './resultTables.ts';
import type { ReplicaState } from './state.ts';
import type { ReplicaTable, Target } from './target.ts';
import { changeColumns } from './target.ts';

export interface ReplicaScope {
  context: NodeContext<ReplicateConfig>;
  client: CrmClient;
  target: Target;
  results: ResultTables;
}

export interface ReplicaOptions {
  details: RemoteObjectDetails;
  table: string;
  state: ReplicaState;
  changeTable: boolean;
  /** Shown with the progress: which of the objects this is. */
  place: string;
}

/** Ids in one question. */
const chunk = 2_000;

interface Change {
  operation: 'insert' | 'update';
  id: string;
  row: Cell[];
}
interface Refused {
  reason: RejectReason;
  id: string | null;
  record: Cell;
}
type Batch = {
  changes: Change[];
  gone: string[];
  unchanged: number;
  rejected: number;
  timeOf?: (id: string) => string;
};

export class Replica {
  readonly scope: ReplicaScope;
  readonly details: RemoteObjectDetails;
  readonly plan: ColumnPlan;
  readonly table: ReplicaTable;
  counts: Counts;
  readonly #changeTable: ReplicaTable | null;
  /** Shown with the progress: which of the objects this is. */
  readonly place: string;
  #state: ReplicaState;
  #read = 0;
  #through = false;

  constructor(scope: ReplicaScope, { details, table, state, changeTable, place }: ReplicaOptions) {
    this.scope = scope;
    this.details = details;
    this.#state = state;
    this.place = place;
    this.plan = planColumns(details, state.columns);
    const key = this.plan.written[this.plan.idPlace]?.name;
    if (key === undefined) throw new UserError('FIELD_UNKNOWN', { field: details.idField, object: details.name });
    this.table = { name: table, columns: this.plan.written, key };
    this.#changeTable = changeTable
      ? { name: changeTableName(table), columns: [...changeColumns, ...this.plan.written], key: 'ct_position' }
      : null;
    const { task } = scope.context;
    this.counts = state.counted?.task === task.id ? state.counted.counts : noCounts();
  }

  get state(): ReplicaState {
    return this.#state;
  }

  get query(): ReadQuery {
    return { object: this.details.name, fields: this.plan.fields };
  }

  idOf(row: readonly Cell[]): string {
    return String(row[this.plan.idPlace]);
  }

  log(level: 'info' | 'warning', message: string): void {
    this.scope.context.log(level, `${this.details.name}: ${message}`);
  }

  /** Tables as wide as the object is now. */
  async ensure(): Promise<void> {
    await this.scope.target.ensure({ ...this.table, columns: this.plan.all });
    if (this.#changeTable)
      await this.scope.target.ensure({ ...this.#changeTable, columns: [...changeColumns, ...this.plan.all] });
  }

  /** Writes what differs of a page. `fresh`: none of its records can be there yet. */
  async putPage(page: ReadPage, next: Partial<ReplicaState>, fresh = false): Promise<void> {
    await this.#reject(
      'read',
      page.rejects.map((reject) => ({ reason: reject, id: reject.id, record: reject.record })),
    );
    const batch = await this.#compare(page.rows, fresh);
    batch.rejected += page.rejects.length;
    await this.#store(batch, next);
    this.#read += page.rows.length;
    this.scope.context.progress(this.#read, page.total, `records of ${this.details.name} · ${this.place}`);
  }

  /** Ids of records that are said to be gone. Those that the CRM gives all the same are written instead: they were restored. */
  async remove(ids: readonly string[], timeOf: (id: string) => string): Promise<void> {
    for (let from = 0; from < ids.length; from += chunk) {
      const some = [...new Set(ids.slice(from, from + chunk))];
      const there = new Set<string>();
      for await (const page of this.readByIds(some)) {
        for (const id of pageIds(this, page)) there.add(id);
        await this.putPage(page, {});
      }
      const gone = some.filter((id) => !there.has(id));
      const rows = await this.scope.target.rows(keyOnly(this.table), gone);
      const known = rows.map(([id]) => String(id));
      if (known.length > 0) await this.#commit({ changes: [], gone: known, unchanged: 0, rejected: 0, timeOf }, {});
    }
  }

  /** An id that cannot be one of the CRM belongs to no record of it. */
  async *readByIds(ids: readonly string[]): AsyncGenerator<ReadPage> {
    try {
      yield* this.scope.client.readByIds(this.query, ids);
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'RECORD_ID_INVALID') throw error;
      if (ids.length <= 1) return;
      const middle = ids.length >> 1;
      yield* this.readByIds(ids.slice(0, middle));
      yield* this.readByIds(ids.slice(middle));
    }
  }

  /** An earlier attempt of this task has done it all. */
  get isThrough(): boolean {
    return this.#state.counted?.task === this.scope.context.task.id && this.#state.counted.through;
  }

  async finish(next: Partial<ReplicaState>): Promise<void> {
    this.#through = true;
    await this.move(next);
  }

  /** Only where the replica stands. */
  async move(next: Partial<ReplicaState>): Promise<void> {
    await this.#commit({ changes: [], gone: [], unchanged: 0, rejected: 0 }, next);
  }

  /** A value that its column cannot take leaves the one that is there, and the record is a reject as well. */
  async #compare(rows: readonly Cell[][], fresh: boolean): Promise<Batch> {
    const latest = new Map(rows.map((row) => [this.idOf(row), convertRow(this.plan, row)]));
    const known = fresh ? new Map<string, Cell[]>() : await this.#known([...latest.keys()]);
    const batch: Batch = { changes: [], gone: [], unchanged: 0, rejected: 0 };
    const unfit: Refused[] = [];
    for (const [id, converted] of latest) {
      const old = known.get(id);
      const row = converted.row.map((cell, place) => (converted.unfit.includes(place) ? (old?.[place] ?? null) : cell));
      if (converted.unfit.length > 0) {
        const fields = converted.unfit.map((place) => this.plan.written[place]?.name ?? '');
        const reason = ownReason(
          'TYPE_MISMATCH',
          { column: fields[0] ?? '', reason: converted.reasons.join('; ') },
          fields,
        );
        unfit.push({ reason, id, record: this.#record(rows.findLast((one) => this.idOf(one) === id) ?? row) });
      }
      if (!old) batch.changes.push({ operation: 'insert', id, row });
      else if (differing(this.table.columns, old, row).length > 0) batch.changes.push({ operation: 'update', id, row });
      else batch.unchanged += 1;
    }
    await this.#reject('types', unfit);
    batch.rejected = unfit.length;
    return batch;
  }

  async #known(ids: string[]): Promise<Map<string, Cell[]>> {
    const rows = await this.scope.target.rows(this.table, ids);
    return new Map(rows.map((row) => [this.idOf(row), row]));
  }

  /** Of a batch with a row that the target cannot hold, halves are tried until that row is found: it is a reject. */
  async #store(batch: Batch, next: Partial<ReplicaState>): Promise<void> {
    try {
      await this.#commit(batch, next);
    } catch (error) {
      const { changes } = batch;
      if (!(error instanceof UserError) || error.code !== 'DATABASE_VALUE' || changes.length === 0) throw error;
      const none = { gone: [], unchanged: 0, rejected: 0 };
      const [only] = changes;
      if (changes.length === 1 && only) {
        const { code, message } = error;
        const reason = { code, symbol: code, message, fields: [] };
        await this.#reject('value', [{ reason, id: only.id, record: this.#record(only.row) }]);
        await this.#commit({ ...batch, changes: [], rejected: batch.rejected + 1 }, next);
        return;
      }
      const middle = changes.length >> 1;
      await this.#store({ ...none, changes: changes.slice(0, middle) }, {});
      await this.#store({ ...batch, changes: changes.slice(middle) }, next);
    }
  }

  async #commit({ changes, gone, unchanged, rejected, timeOf }: Batch, next: Partial<ReplicaState>): Promise<void> {
    const inserted = changes.filter(({ operation }) => operation === 'insert').length;
    const counts: Counts = {
      ...this.counts,
      inserted: this.counts.inserted + inserted,
      updated: this.counts.updated + changes.length - inserted,
      deleted: this.counts.deleted + gone.length,
      unchanged: this.counts.unchanged + unchanged,
      rejected: this.counts.rejected + rejected,
    };
    const state: ReplicaState = {
      ...this.#state,
      ...next,
      columns: this.plan.all,
      revision: this.#state.revision + 1,
      counted: { task: this.scope.context.task.id, counts, through: this.#through },
    };
    await this.scope.target.commit({
      table: this.table,
      rows: changes.map(({ row }) => row),
      gone,
      changes: this.#changesOf(state, changes, gone, timeOf),
      state,
    });
    this.#state = state;
    this.counts = counts;
  }

  /** Nothing is a change before the table has been loaded for the first time. */
  #changesOf(state: ReplicaState, changes: Change[], gone: string[], timeOf: Batch['timeOf']) {
    if (!this.#changeTable || !this.#state.loaded) return null;
    const since = state.load?.startedAt ?? state.window?.to ?? null;
    const first = state.revision * 10_000;
    const rows = [
      ...changes.map(({ operation, row }): Cell[] => [operation, row[this.plan.stampPlace] ?? since, ...row]),
      ...gone.map((id): Cell[] => [
        'delete',
        timeOf?.(id) ?? since,
        ...this.table.columns.map((_, place) => (place === this.plan.idPlace ? id : null)),
      ]),
    ];
    return { table: this.#changeTable, rows: rows.map((row, index): Cell[] => [first + index, ...row]) };
  }

  #record(row: readonly Cell[]): Cell {
    return Object.fromEntries(this.plan.fields.map((name, place) => [name, row[place] ?? null]));
  }

  /** The name of the step keeps a later attempt from telling the same twice. */
  async #reject(step: string, refused: readonly Refused[]): Promise<void> {
    const rows = refused.map(({ reason, id, record }): Cell[] => [
      ...rejectCells(reason),
      this.details.name,
      this.table.name,
      id,
      record,
    ]);
    await this.scope.results.rejects.append(`${this.table.name}:${this.#state.revision}:${step}`, rows);
  }
}

/** Records of a page, those that could not be read among them: they exist. */
export function pageIds(replica: Pick<Replica, 'idOf'>, page: ReadPage): string[] {
  return [...page.rows.map((row) => replica.idOf(row)), ...page.rejects.flatMap(({ id }) => id ?? [])];
}

export function keyOnly({ name, columns, key }: ReplicaTable): ReplicaTable {
  return { name, key, columns: columns.filter((column) => column.name === key) };
}
