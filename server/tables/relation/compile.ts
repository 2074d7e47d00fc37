/** Relations as SQL, by the dialect at hand. See select.ts for the form of the statements. */
import { type Relation, relationColumns } from '../../../contract/relation.ts';
import type { Param } from '../connection.ts';
import type { Bind, Dialect } from './dialect.ts';
import type { Scope } from './expression.ts';
import { foldedSql } from './folded.ts';
import { selectGroup } from './group.ts';
import { selectJoin } from './join.ts';
import { selectLocal, selectScan } from './leaves.ts';
import type { Compiler, FoldTask, Select, StageTask, Want } from './select.ts';
import { selectSet } from './set.ts';
import type { Sources } from './sources.ts';
import type { TextStep } from './textSteps.ts';
import { selectFilter, selectLimit, selectProject, selectRank, selectSort } from './unary.ts';

/** Names of the temporary tables of a connection. */
export interface TaskNames {
  fold(chain: readonly TextStep[]): string;
  stage(): string;
}

export class RelationCompiler implements Compiler {
  readonly dialect: Dialect;
  readonly sources: Sources;
  readonly params: Param[] = [];
  /** Must be done before the statement runs, in this order. */
  readonly tasks = new Map<string, FoldTask | StageTask>();
  readonly #names: TaskNames;

  constructor(dialect: Dialect, sources: Sources, names: TaskNames) {
    this.dialect = dialect;
    this.sources = sources;
    this.#names = names;
  }

  readonly bind: Bind = (param) => {
    this.params.push(param);
    return this.dialect.param(this.params.length, param);
  };

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
      rid: () => `${alias}.r`,
      folded: (chain, value, source) => foldedSql(this, chain, value, { source, input }),
    };
  }

  fold(key: string, task: FoldTask): string {
    if (!this.tasks.has(key)) this.tasks.set(key, task);
    return this.#names.fold(task.chain);
  }

  stage(task: Omit<StageTask, 'kind' | 'name'>): string {
    const name = this.#names.stage();
    this.tasks.set(name, { ...task, kind: 'stage', name });
    return name;
  }
}
