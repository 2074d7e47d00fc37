/** Relations as SQL, by the dialect at hand. See select.ts for the form of the statements. */
import { type Relation, relationColumns } from '../../../contract/relation.ts';
import type { Param } from '../connection.ts';
import type { Bind, Dialect } from './dialect.ts';
import type { Scope } from './expression.ts';
import { foldedSql } from './folded.ts';
import { selectGroup } from './group.ts';
import { selectJoin } from './join.ts';
import { selectLocal, selectScan } from './leaves.ts';
import type { Compiler, FoldTask, Select, Want } from './select.ts';
import { selectSet } from './set.ts';
import type { Sources } from './sources.ts';
import type { TextStep } from './textSteps.ts';
import { selectFilter, selectLimit, selectProject, selectRank, selectSort } from './unary.ts';

export class RelationCompiler implements Compiler {
  readonly dialect: Dialect;
  readonly sources: Sources;
  readonly params: Param[] = [];
  /** Must be filled before the statement runs, in this order. */
  readonly folds = new Map<string, FoldTask>();
  readonly #foldTable: (chain: TextStep[]) => string;
  #aliases = 0;

  constructor(dialect: Dialect, sources: Sources, foldTable: (chain: TextStep[]) => string) {
    this.dialect = dialect;
    this.sources = sources;
    this.#foldTable = foldTable;
  }

  readonly bind: Bind = (param) => {
    this.params.push(param);
    return this.dialect.param(this.params.length);
  };

  alias(): string {
    this.#aliases += 1;
    return `p${this.#aliases}`;
  }

  select(relation: Relation, want: Want): Select {
    switch (relation.op) {
      case 'scan':
        return selectScan(this, relation, want);
      case 'local':
        return selectLocal(this, relation, want);
      case 'filter':
        return selectFilter(this, relation, want);
      case 'project':
        return selectProject(this, relation, want);
      case 'rank':
        return selectRank(this, relation, want);
      case 'sort':
        return selectSort(this, relation, want);
      case 'limit':
        return selectLimit(this, relation, want);
      case 'join':
        return selectJoin(this, relation, want);
      case 'group':
        return selectGroup(this, relation, want);
      case 'set':
        return selectSet(this, relation, want);
    }
  }

  scope(input: Relation, alias: string): Scope {
    const columns = new Map(relationColumns(input).map((column, index) => [column.name, { ...column, index }]));
    return {
      dialect: this.dialect,
      bind: this.bind,
      column: (name) => {
        const column = columns.get(name);
        if (!column) throw new Error(`The relation has no column "${name}"`);
        return { sql: `${alias}.x${column.index}`, type: column.type };
      },
      rowId: () => `${alias}.id`,
      folded: (chain, value, source) => foldedSql(this, chain, value, { source, input }),
    };
  }

  fold(key: string, task: FoldTask): string {
    if (!this.folds.has(key)) this.folds.set(key, task);
    return this.#foldTable(task.chain);
  }
}
