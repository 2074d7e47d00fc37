/** Tables of local data. Rows come there from work tables, page by page, each page in one transaction with where it stands. */
import type { LocalWrite, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { NodeContext } from '../kit/run.ts';
import type { ReplicaColumn, ReplicaState } from './state.ts';
import type { ReplicaBatch, ReplicaTable, Target } from './target.ts';
import { asColumns } from './target.ts';

type Context = Pick<NodeContext<never>, 'localTable' | 'ensureLocalTable' | 'writer' | 'table' | 'read' | 'once'>;

/** Tables of local data whose name begins with "_" are Syncline's own and are not listed. */
const positions = '_replicas';
const positionColumns: Column[] = asColumns([
  { name: 'table', type: 'text' },
  { name: 'state', type: 'text' },
]);

export async function localTarget(context: Context): Promise<Target> {
  await context.ensureLocalTable(positions, positionColumns, ['table']);
  return new LocalTarget(context);
}

class LocalTarget implements Target {
  readonly label = 'local data';
  readonly #context: Context;
  /** Work tables of an attempt have names of their own. */
  #made = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  async state(table: string): Promise<ReplicaState | null> {
    const where = { op: 'eq', left: column('table'), right: literal(table, 'text') } as const;
    const local: Relation = { op: 'local', table: positions, columns: positionColumns };
    const found = await this.#context.table({ op: 'filter', input: local, where });
    for await (const [row] of this.#read(found)) if (row) return JSON.parse(String(row[1])) as ReplicaState;
    return null;
  }

  async exists(table: string): Promise<boolean> {
    return (await this.#context.localTable(table)) !== null;
  }

  async ensure({ name, columns, key }: ReplicaTable): Promise<void> {
    await this.#context.ensureLocalTable(name, asColumns(columns), [key]);
  }

  async rows(table: ReplicaTable, ids: readonly string[]): Promise<Cell[][]> {
    if (ids.length === 0) return [];
    const wanted = await this.#write(
      [{ name: 'id', type: 'text' }],
      ids.map((id) => [id]),
    );
    const found = await this.#context.table({
      op: 'join',
      kind: 'semi',
      left: { op: 'local', table: table.name, columns: asColumns(table.columns) },
      right: scan(wanted),
      on: [{ left: column(table.key, 'left'), right: column('id', 'right') }],
    });
    const rows: Cell[][] = [];
    for await (const batch of this.#read(found)) rows.push(...batch);
    return rows;
  }

  async *pages(table: ReplicaTable): AsyncGenerator<Cell[][]> {
    const all = await this.#context.table({ op: 'local', table: table.name, columns: asColumns(table.columns) });
    yield* this.#read(all);
  }

  /** The step is the revision: of two attempts that come to the same one, the second finds it done. */
  async commit({ table, rows, gone, changes, state }: ReplicaBatch): Promise<void> {
    const stand: Cell[][] = [[table.name, JSON.stringify(state)]];
    const moved = await this.#upsert({ name: positions, columns: positionColumns, key: 'table' }, stand);
    const writes: LocalWrite[] = [];
    if (rows.length > 0) writes.push(await this.#upsert(table, rows));
    if (gone.length > 0) writes.push(await this.#delete(table, gone));
    if (changes && changes.rows.length > 0) writes.push(await this.#upsert(changes.table, changes.rows));
    await this.#context.once(`${table.name}:${state.revision}`, { ...moved, also: writes });
  }

  async #upsert({ name, columns, key }: ReplicaTable, rows: Cell[][]): Promise<LocalWrite> {
    const values = columns.filter((one) => one.name !== key).map((one) => ({ name: one.name }));
    const source = scan(await this.#write(columns, rows));
    return { table: name, operation: 'upsert', source, key: [key], values };
  }

  async #delete({ name, key }: ReplicaTable, ids: string[]): Promise<LocalWrite> {
    const source = scan(
      await this.#write(
        [{ name: key, type: 'text' }],
        ids.map((id) => [id]),
      ),
    );
    return { table: name, operation: 'delete', source, key: [key], values: [] };
  }

  async #write(columns: readonly ReplicaColumn[], rows: Cell[][]): Promise<TableRef> {
    this.#made += 1;
    const writer = await this.#context.writer({ columns: asColumns(columns), name: `replica ${this.#made}` });
    await writer.append(rows);
    return writer.finish();
  }

  async *#read(table: TableRef): AsyncGenerator<Cell[][]> {
    for await (const { rows } of this.#context.read(table)) yield rows;
  }
}
