import { filePath } from '../../contract/files.ts';
import type { TableRef } from '../../contract/relation.ts';
import { column, scan } from '../../contract/relation.ts';
import { fileWriter, openFiles } from '../kit/fileAccess.ts';
import { arrivedRows, countText, demandColumns } from '../kit/rows.ts';
import type { NodeContext, NodeRun } from '../kit/run.ts';
import type { ExtractFileConfig } from './config.ts';
import { fileColumns, fileContent } from './content.ts';

type Context = NodeContext<ExtractFileConfig>;

export const run: NodeRun<ExtractFileConfig> = async (context) => {
  const { config } = context;
  const input = arrivedRows(context);
  const columns = fileColumns(context, input);
  const path = filePath(config.path.trim());
  const vars = { ...context.vars, recCount: input.count };
  if (input.count === 0 && config.empty === 'none') {
    context.log('info', 'No rows arrived: no file is written.');
    return { ports: { success: input }, vars };
  }
  const client = await openFiles(context, config.connection);
  const table = await ordered(context, input);
  const write = fileWriter(context);
  const { size } = await write(client, path, fileContent(context, table, columns), { draft: config.draft });
  context.log('info', `${countText(input.count)} rows written to ${client.place(path)} (${countText(size)} bytes).`);
  return { ports: { success: input }, vars: { ...vars, filename: path, fileSize: size } };
};

async function ordered(context: Context, input: TableRef): Promise<TableRef> {
  const { orderBy } = context.config;
  if (orderBy.length === 0) return input;
  demandColumns(
    input,
    orderBy.map((order) => order.column),
  );
  const order = orderBy.map((own) => ({ by: column(own.column), direction: own.direction }));
  return context.table({ op: 'sort', input: scan(input), order }, { name: 'ordered' });
}
