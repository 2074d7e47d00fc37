/** A relation made ready to run on a connection: its tables found, its SQL written, what it needs beside it prepared. */
import type { Relation } from '../../../contract/relation.ts';
import type { Connection } from '../connection.ts';
import { RelationCompiler } from './compile.ts';
import type { Dialect } from './dialect.ts';
import { FoldTables } from './foldTables.ts';
import type { FoldTask, Select, StageTask, Want } from './select.ts';
import { findSources, type Setting, type Sources } from './sources.ts';

export interface Plan {
  select: Select;
  /** Binds further parameters; its `params` are those of the statement. */
  compiler: RelationCompiler;
}

export interface Planned {
  relation: Relation;
  want: Want;
  signal?: AbortSignal | undefined;
}

/**
 * Inside one transaction with the statement itself, so that both see the same rows; it takes away what is left when this
 * fails.
 */
export async function withPlan<T>(
  db: Connection,
  setting: Setting,
  { relation, want, signal }: Planned,
  work: (plan: Plan) => Promise<T>,
): Promise<T> {
  const sources = await findSources(db, setting, relation);
  const planning = new Planning(db, setting.dialect, sources, signal);
  const compiler = await planning.begin();
  const select = compiler.select(relation, want);
  await planning.prepare(compiler);
  const result = await work({ select, compiler });
  await planning.end();
  return result;
}

class Planning {
  readonly #db: Connection;
  readonly #dialect: Dialect;
  readonly #sources: Sources;
  readonly #signal: AbortSignal | undefined;
  readonly #folds: FoldTables;
  readonly #staged: string[] = [];

  constructor(db: Connection, dialect: Dialect, sources: Sources, signal: AbortSignal | undefined) {
    this.#db = db;
    this.#dialect = dialect;
    this.#sources = sources;
    this.#signal = signal;
    this.#folds = FoldTables.of(db, dialect);
  }

  async begin(): Promise<RelationCompiler> {
    await this.#folds.begin();
    return this.#newCompiler();
  }

  /** Each task may have tasks of its own, which come first. */
  async prepare(compiler: RelationCompiler): Promise<void> {
    for (const task of compiler.tasks.values()) {
      if (task.kind === 'stage') await this.#stage(task);
      else if (!this.#folds.isKnown(task)) await this.#fold(task);
    }
  }

  async end(): Promise<void> {
    for (const name of this.#staged) await this.#db.run(`DROP TABLE IF EXISTS ${name}`);
  }

  #newCompiler(): RelationCompiler {
    return new RelationCompiler(this.#dialect, this.#sources, {
      fold: (chain) => this.#folds.name(chain),
      stage: () => {
        this.#staged.push(`${this.#dialect.temporary}.s${this.#staged.length + 1}`);
        return this.#staged.at(-1) ?? '';
      },
    });
  }

  async #fold(task: FoldTask): Promise<void> {
    const compiler = this.#newCompiler();
    const values = task.values(compiler);
    await this.prepare(compiler);
    await this.#folds.fill(task, values, compiler, this.#signal);
  }

  async #stage({ name, columns, key, rows }: StageTask): Promise<void> {
    const compiler = this.#newCompiler();
    const sql = rows(compiler);
    await this.prepare(compiler);
    const stored = columns.map((column) => `${column.name} ${this.#dialect.columnType(column.type)}`);
    await this.#db.run(`CREATE TABLE ${name} (${stored.join(', ')})`);
    await this.#db.run(`INSERT INTO ${name} ${sql}`, compiler.params, this.#signal);
    if (key.length > 0) await this.#db.run(this.#dialect.settle(name, key), [], this.#signal);
  }
}

export function countRows(db: Connection, setting: Setting, relation: Relation, signal?: AbortSignal): Promise<number> {
  return withPlan(db, setting, { relation, want: { columns: new Set() }, signal }, async ({ select, compiler }) => {
    return (await db.value<number>(`SELECT count(*) AS n FROM (${select.sql}) q`, compiler.params, signal)) ?? 0;
  });
}
