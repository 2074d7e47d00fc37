import type { NodeRun } from '../kit/run.ts';
import type { QueryConfig } from './config.ts';
import { querySql } from './fromSql.ts';
import { queryTable } from './fromTable.ts';

/** What arrives only says when: its variables are known to the expressions, its rows are not used. */
export const run: NodeRun<QueryConfig> = async (context) => ({
  ports: context.config.mode === 'sql' ? await querySql(context) : await queryTable(context),
});
