/** The user's own tables inside Syncline. */
import { UserError } from '../../../contract/errors.ts';
import type { LocalQuery, LocalWrite, LocalWriteResult, QueriedRows } from '../../../contract/relation.ts';
import type { SentSummary } from '../../../contract/sent.ts';
import type { Column } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import { runSelect } from '../query/run.ts';
import { localShape } from '../relation/shape.ts';
import { readPage } from '../rows/page.ts';
import type { LocalAccess } from '../setting.ts';
import type { LocalData, Mark, RowPage, RowQuery, SentMove, TableOwner } from '../types.ts';
import { findLocal, type LocalTable, listLocal } from './catalogue.ts';
import { dropTable, ensureTable } from './ensure.ts';
import { fence } from './fence.ts';
import { listMarks, putMarks } from './marks.ts';
import { forgetSent, moveSent, sumSent } from './sent.ts';
import { applyWrite } from './write.ts';

export class StoredLocalData implements LocalData {
  readonly #access: LocalAccess;

  constructor(access: LocalAccess) {
    this.#access = access;
  }

  async tables(): Promise<{ name: string; columns: Column[]; key: string[]; rows: number }[]> {
    const tables = await this.#access.read(listLocal);
    return (tables ?? []).map(({ no: _, ...table }) => table);
  }

  async table(name: string): Promise<{ columns: Column[]; key: string[] } | null> {
    const table = await this.#access.read((db) => findLocal(db, '', name));
    return table && { columns: table.columns, key: table.key };
  }

  ensure(name: string, columns: Column[], key: string[]): Promise<void> {
    const { dialect } = this.#access;
    return this.#access.write((db) => db.transaction('alone', () => ensureTable(db, dialect, { name, columns, key })));
  }

  /** Mark and effect are one transaction, durable before this returns: whatever is retried, the effect is there once. */
  once(
    owner: TableOwner,
    step: string,
    runId: string,
    write: LocalWrite,
    signal: AbortSignal,
  ): Promise<LocalWriteResult> {
    const key = owner.taskId;
    return this.#access.writeBeside(runId, (db, setting) =>
      db.transaction('alone', async () => {
        await fence(db, owner);
        const done = await db.value<string>('SELECT result FROM _applied WHERE key = ?1 AND step = ?2', [key, step]);
        if (done !== null) return JSON.parse(done) as LocalWriteResult;
        const result = await applyWrite(db, setting, write, signal);
        for (const next of write.also ?? []) await applyWrite(db, setting, next, signal);
        await db.run('INSERT INTO _applied (key, step, result) VALUES (?1, ?2, ?3)', [
          key,
          step,
          JSON.stringify(result),
        ]);
        return result;
      }),
    );
  }

  async moveSent(
    owner: TableOwner | null,
    moves: readonly SentMove[],
    signal = new AbortController().signal,
  ): Promise<void> {
    const [first] = moves;
    if (!first) return;
    await this.#access.writeBeside(first.runId, (db, setting) =>
      db.transaction('alone', async () => {
        if (owner) await fence(db, owner);
        for (const move of moves) await moveSent(db, setting, move, signal);
      }),
    );
  }

  async sumSent(workflow: string, node: string): Promise<SentSummary[]> {
    return (await this.#access.read((db) => db.transaction('read', () => sumSent(db, workflow, node)))) ?? [];
  }

  async forgetSent(workflow: string, node: string | null): Promise<number> {
    if ((await this.#access.read(listLocal)) === null) return 0;
    const forgotten = await this.#access.write((db) => db.transaction('alone', () => forgetSent(db, workflow, node)));
    if (forgotten > 0) await this.#access.reclaim();
    return forgotten;
  }

  async marks(): Promise<Mark[]> {
    return (await this.#access.read(listMarks)) ?? [];
  }

  keepMarks(marks: readonly Mark[]): Promise<void> {
    return this.#access.write((db) => db.transaction('alone', () => putMarks(db, marks)));
  }

  async page(name: string, query: RowQuery): Promise<RowPage> {
    const page = await this.#access.read((db) => db.transaction('read', () => this.#readPage(db, name, query)));
    return page ?? refuseMissing(name);
  }

  select<T>(query: LocalQuery, read: (rows: QueriedRows) => Promise<T>, signal: AbortSignal): Promise<T> {
    return runSelect(this.#access, query, read, signal);
  }

  async drop(name: string): Promise<void> {
    if (!(await this.table(name))) refuseMissing(name);
    await this.#access.write((db) => db.transaction('alone', () => dropTable(db, name)));
    await this.#access.reclaim();
  }

  async #readPage(db: Connection, name: string, query: RowQuery): Promise<RowPage> {
    const table: LocalTable = (await findLocal(db, '', name)) ?? refuseMissing(name);
    const rows = { op: 'local', table: name, columns: table.columns } as const;
    const setting = { dialect: this.#access.dialect, schemas: { store: '', run: null, local: '' } };
    return readPage(db, setting, { rows, shape: localShape('', table), total: table.rows }, query);
  }
}

function refuseMissing(name: string): never {
  throw new UserError('NOT_FOUND', { what: `The local table "${name}"` });
}
