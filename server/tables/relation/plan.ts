/** A relation made ready to run on a connection: its tables found, its SQL written, its fold tables filled. */
import type { Relation } from '../../../contract/relation.ts';
import type { Connection } from '../connection.ts';
import { RelationCompiler } from './compile.ts';
import type { Dialect } from './dialect.ts';
import { FoldTables } from './foldTables.ts';
import type { Select, Want } from './select.ts';
import { findSources, type Schemas, type Sources } from './sources.ts';

export interface Plan {
  select: Select;
  /** Binds further parameters; its `params` are those of the statement. */
  compiler: RelationCompiler;
  sources: Sources;
}

export interface Setting {
  dialect: Dialect;
  schemas: Schemas;
}

/** Inside one transaction with the statement itself, so that both see the same rows. */
export async function planRelation(
  db: Connection,
  { dialect, schemas }: Setting,
  relation: Relation,
  want: Want,
  signal?: AbortSignal,
): Promise<Plan> {
  const sources = await findSources(db, schemas, relation);
  const folds = FoldTables.of(db, dialect);
  await folds.begin();
  const newCompiler = () => new RelationCompiler(dialect, sources, (chain) => folds.name(chain));
  const compiler = newCompiler();
  const select = compiler.select(relation, want);
  await folds.fill(compiler.folds, newCompiler, signal);
  return { select, compiler, sources };
}
