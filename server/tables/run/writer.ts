/**
 * Work tables written batch by batch. Each append is one transaction that begins by moving the position under the number of
 * the attempt, so rows and position never part, and an attempt that was overtaken writes nothing.
 */
import { RetryLater, UserError } from '../../../contract/errors.ts';
import type { TableRef } from '../../../contract/relation.ts';
import type { Cell, Column, Json } from '../../../contract/types.ts';
import type { Resume, TableWriter } from '../../../nodes/kit/run.ts';
import { checkRows } from '../cells.ts';
import type { Connection } from '../connection.ts';
import { throwIfStopped } from '../errors.ts';
import { Gate } from '../gate.ts';
import type { Dialect, RowLoader } from '../relation/dialect.ts';
import type { StoreAccess } from '../setting.ts';
import { FencedError, type TableOwner } from '../types.ts';
import { addTable, fence, findNamed, finishTable, type TableRecord, toRef } from './catalogue.ts';
import { addIdentities } from './identities.ts';
import { checkNames, createParts, ownColumns, partsOf } from './physical.ts';
import { hideTable } from './sweep.ts';

interface WriterOptions {
  columns: Column[];
  name: string;
  resume: Resume;
  signal: AbortSignal;
}

/** A table with longer rows than this, in characters, is read with care. */
const lightRow = 1_000;

/** With `resume` it goes on where an earlier attempt stopped, if that wrote the same columns; else it begins anew, unless it must not. */
export async function openWriter(access: StoreAccess, owner: TableOwner, options: WriterOptions): Promise<TableWriter> {
  checkNames(options.columns);
  return access.write((db) =>
    // The table must be there for the batches, whatever becomes of the database.
    db.transaction('durable', async () => {
      await fence(db, owner);
      const earlier = await findNamed(db, owner.taskId, options.name);
      if (earlier && options.resume && sameColumns(earlier.columns, options.columns))
        return resumeWriter(access, db, owner, { ...options, record: earlier });
      if (earlier && options.resume === 'must')
        throw new UserError('WORK_TABLE_LOST', { table: options.name, reason: 'it was begun with other columns' });
      if (earlier?.attempt === owner.attempt) throw new Error(`The attempt writes two tables named "${options.name}"`);
      if (earlier) await hideTable(db, earlier);
      return beginWriter(access, db, owner, options);
    }),
  );
}

const sameColumns = (a: Column[], b: Column[]): boolean =>
  a.length === b.length && a.every(({ name, type }, index) => b[index]?.name === name && b[index]?.type === type);

async function beginWriter(access: StoreAccess, db: Connection, owner: TableOwner, options: WriterOptions) {
  const record = await addTable(db, owner, {
    name: options.name,
    base: null,
    identity: 'own',
    columns: options.columns,
    places: options.columns.map((_, index) => `c${index + 1}`),
    via: false,
    light: true,
  });
  await createParts(db, access.dialect, record);
  await db.run('INSERT INTO _positions (no, attempt, position, count) VALUES (?1, ?2, ?3, 0)', [
    record.no,
    owner.attempt,
    'null',
  ]);
  return new StoreWriter(access, owner, record, options.signal, { position: null, count: 0 });
}

interface Standing {
  position: Json;
  count: number;
}

async function resumeWriter(
  access: StoreAccess,
  db: Connection,
  owner: TableOwner,
  { record, signal }: WriterOptions & { record: TableRecord },
): Promise<TableWriter> {
  const [stood] = await db.all<{ position: string; count: number }>(
    'UPDATE _positions SET attempt = ?2 WHERE no = ?1 RETURNING position, count',
    [record.no, owner.attempt],
  );
  if (!stood) throw new Error(`The table "${record.name}" was not written by a writer and cannot be resumed`);
  const position = JSON.parse(stood.position) as Json;
  return new StoreWriter(access, owner, record, signal, { position, count: stood.count });
}

class StoreWriter implements TableWriter {
  readonly #access: StoreAccess;
  readonly #owner: TableOwner;
  readonly #signal: AbortSignal;
  readonly #loaders = new Map<boolean, RowLoader>();
  /** Batches come one after the other, also where the store takes several writes at a time. */
  readonly #turn = new Gate(1);
  #record: TableRecord;
  #standing: Standing;

  constructor(access: StoreAccess, owner: TableOwner, record: TableRecord, signal: AbortSignal, standing: Standing) {
    this.#access = access;
    this.#owner = owner;
    this.#record = record;
    this.#signal = signal;
    this.#standing = standing;
  }

  get position(): Json {
    return this.#standing.position;
  }

  get count(): number {
    return this.#standing.count;
  }

  async append(rows: Cell[][], { rids, position }: { rids?: string[]; position?: Json } = {}): Promise<void> {
    throwIfStopped(this.#signal);
    checkRows(this.#record.columns, rows);
    if (rids && rids.length !== rows.length) throw new Error(`${rows.length} rows came with ${rids.length} identities`);
    await this.#inTurn(async (db) => {
      const next = { position: position ?? this.position, count: this.count + rows.length };
      this.#record = await db.transaction('write', () => this.#write(db, rows, rids ?? null, next));
      this.#standing = next;
    });
  }

  async finish(): Promise<TableRef> {
    throwIfStopped(this.#signal);
    return this.#inTurn(async (db) => {
      const { count } = this;
      await db.transaction('durable', async () => {
        await this.#move(db, this.#standing);
        await finishTable(db, this.#record.no, count);
      });
      this.#record = { ...this.#record, count };
      return toRef(this.#access.schemas.store, this.#record, count);
    });
  }

  #inTurn<T>(work: (db: Connection) => Promise<T>): Promise<T> {
    return this.#turn.pass(() => this.#access.write(work));
  }

  /** Gives the record as it is after the commit. */
  async #write(db: Connection, rows: Cell[][], rids: string[] | null, next: Standing): Promise<TableRecord> {
    await this.#move(db, next);
    let record = this.#record;
    if (record.count !== null) record = await reopen(db, record);
    if (rids && record.identity === 'own') record = await allowRids(db, this.#access.dialect, record);
    const firstId = this.count + 1;
    const longest = await this.#loader(rids !== null).load(db, { rows, firstId, rids }, this.#signal);
    if (record.light && longest > lightRow) record = await markHeavy(db, record);
    await addIdentities(db, record, rows, firstId);
    return record;
  }

  async #move(db: Connection, { position, count }: Standing): Promise<void> {
    await fence(db, this.#owner);
    const moved = await db.run(
      'UPDATE _positions SET position = ?3, count = ?4 WHERE no = ?1 AND attempt = ?2 AND count = ?5',
      [this.#record.no, this.#owner.attempt, JSON.stringify(position), count, this.count],
    );
    if (moved === 0) await this.#refuse(db);
  }

  /** Either another attempt writes, or the database lost its last moment when it went down: then it begins from there. */
  async #refuse(db: Connection): Promise<never> {
    const writes = await db.value<number>('SELECT attempt FROM _positions WHERE no = ?1', [this.#record.no]);
    if (writes !== this.#owner.attempt)
      throw new FencedError(`The table "${this.#record.name}" is written by another attempt`);
    throw new RetryLater('REMOTE_UNREACHABLE', { host: 'The database', reason: 'it was down and lost the last rows' });
  }

  #loader(withRids: boolean): RowLoader {
    const known = this.#loaders.get(withRids);
    if (known) return known;
    const loader = this.#access.dialect.loader(partsOf(this.#record), ownColumns(this.#record), withRids);
    this.#loaders.set(withRids, loader);
    return loader;
  }
}

/** A later attempt may find that there is more to write. */
async function reopen(db: Connection, record: TableRecord): Promise<TableRecord> {
  await db.run('DELETE FROM _outputs WHERE no = ?1', [record.no]);
  return { ...record, count: null };
}

async function allowRids(db: Connection, dialect: Dialect, record: TableRecord): Promise<TableRecord> {
  const [first] = partsOf(record);
  await db.run(`ALTER TABLE ${first} ADD COLUMN _rid ${dialect.columnType('integer')}`);
  await db.run(`UPDATE _tables SET identity = 'mixed' WHERE no = ?1`, [record.no]);
  return { ...record, identity: 'mixed' };
}

async function markHeavy(db: Connection, record: TableRecord): Promise<TableRecord> {
  await db.run('UPDATE _tables SET light = 0 WHERE no = ?1', [record.no]);
  return { ...record, light: false };
}
