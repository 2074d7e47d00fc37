/**
 * Fold tables: for a chain of text steps, each value that SQL alone cannot handle with what JavaScript makes of it. They
 * are temporary tables of one connection and are filled before the statement that reads them, with each distinct value
 * once, so that text is compared alike on every database without rows travelling through JavaScript.
 */
import type { Json } from '../../../contract/types.ts';
import type { Connection } from '../connection.ts';
import type { RelationCompiler } from './compile.ts';
import type { Dialect } from './dialect.ts';
import type { FoldTask } from './select.ts';
import { applySteps, type TextStep } from './textSteps.ts';

const valuesPerStep = 1_000;
/** All fold tables of a connection are dropped before the next statement when they hold more values than this. */
const mostValues = 2_000_000;

const tables = new WeakMap<Connection, FoldTables>();

export class FoldTables {
  readonly #db: Connection;
  readonly #dialect: Dialect;
  readonly #names = new Map<string, string>();
  readonly #made = new Set<string>();
  readonly #known = new Set<string>();
  /** Tables that are there for sure. */
  readonly #there = new Set<string>();
  #pendingUsed = false;
  #values = 0;
  #rollbacks = 0;

  private constructor(db: Connection, dialect: Dialect) {
    this.#db = db;
    this.#dialect = dialect;
  }

  static of(db: Connection, dialect: Dialect): FoldTables {
    const found = tables.get(db) ?? new FoldTables(db, dialect);
    tables.set(db, found);
    found.#forgetRolledBack();
    return found;
  }

  name(chain: readonly TextStep[]): string {
    const key = chain.join('.');
    const name = this.#names.get(key) ?? `${this.#dialect.temporary}.f${this.#names.size + 1}`;
    this.#names.set(key, name);
    return name;
  }

  async begin(): Promise<void> {
    if (this.#values <= mostValues) return;
    for (const name of this.#made) await this.#db.run(`DROP TABLE IF EXISTS ${name}`);
    this.#made.clear();
    this.#there.clear();
    this.#known.clear();
    this.#values = 0;
  }

  /** Tables and values that a transaction brought went with it, and those that it took away came back. */
  #forgetRolledBack(): void {
    if (this.#db.rollbacks === this.#rollbacks) return;
    this.#rollbacks = this.#db.rollbacks;
    this.#known.clear();
    this.#there.clear();
    this.#pendingUsed = true;
  }

  isKnown({ chain, known }: FoldTask): boolean {
    return known !== null && this.#known.has(`${chain.join('.')} ${known}`);
  }

  /** `values` is the SQL of the task's values, with the compiler that wrote it. */
  async fill(
    { chain, known }: FoldTask,
    values: string,
    compiler: RelationCompiler,
    signal?: AbortSignal,
  ): Promise<void> {
    const name = this.name(chain);
    await this.#make(name);
    if (await this.#collect(name, chain, values, compiler, signal)) await this.#translate(name, chain, signal);
    if (known !== null) this.#known.add(`${chain.join('.')} ${known}`);
  }

  async #make(name: string): Promise<void> {
    if (this.#there.has(name)) return;
    for (const sql of this.#dialect.createFoldTable(name)) await this.#db.run(sql);
    this.#made.add(name);
    this.#there.add(name);
  }

  /** Whether there is something to translate. */
  async #collect(
    name: string,
    chain: TextStep[],
    values: string,
    { params }: RelationCompiler,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const pending = this.#pending;
    await this.#emptyPending();
    const { when } = this.#dialect.direct(chain, 'n.v');
    const distinct = `SELECT DISTINCT ${this.#dialect.foldKey(chain, 'n.v')} AS v FROM (${values}) n
      WHERE n.v IS NOT NULL AND NOT (${when})`;
    const from = `(SELECT d.v FROM (${distinct}) d WHERE NOT EXISTS (SELECT 1 FROM ${name} f WHERE f.v = d.v)) e`;
    const insert = { into: pending, id: 'i', after: 0, columns: ['v'], values: ['e.v'], from, order: 'e.v' };
    const found = await this.#db.run(this.#dialect.insertNumbered(insert), params, signal);
    this.#pendingUsed = found > 0;
    this.#values += found;
    return found > 0;
  }

  /** Most chains find nothing new, and then the table can be used again. */
  async #emptyPending(): Promise<void> {
    const pending = this.#pending;
    if (this.#there.has(pending) && !this.#pendingUsed) return;
    await this.#db.run(`DROP TABLE IF EXISTS ${pending}`);
    await this.#db.run(`CREATE TABLE ${pending} (i ${this.#dialect.idType}, v ${this.#dialect.anyType})`);
    this.#there.add(pending);
  }

  /** In the order of the values, so that they are appended to the table. */
  async #translate(name: string, chain: TextStep[], signal?: AbortSignal): Promise<void> {
    const isNumber = chain[0] === 'number' || chain[0] === 'decimal';
    const format = this.#dialect.rowFormat([{ sql: 'p.v', type: isNumber ? 'number' : 'text' }]);
    const read = `SELECT ${this.#dialect.collect(format.sql)} AS list
      FROM (SELECT v FROM ${this.#pending} WHERE i > ?1 AND i <= ?2 ORDER BY i) p`;
    const { from, place, value } = this.#dialect.texts('?1');
    const write = `INSERT INTO ${name} (v, r)
      SELECT p.v, ${value} FROM ${from} ${this.#dialect.join} ${this.#pending} p ON p.i = ${place} + ?2`;
    for (let after = 0; ; after += valuesPerStep) {
      const text = await this.#db.value<string>(read, [after, after + valuesPerStep], signal);
      const values = JSON.parse(text ?? '[]') as Json[][];
      if (values.length === 0) return;
      const results = values.map((row) => applySteps(chain, String(format.decode(row)[0])));
      await this.#db.run(write, [JSON.stringify(results), after + 1], signal);
    }
  }

  get #pending(): string {
    return `${this.#dialect.temporary}.pending`;
  }
}
