import { clientAs } from '../../contract/connector.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, rowId, scan } from '../../contract/relation.ts';
import { rejectedRows } from '../kit/rejects.ts';
import { arrivedRows, countArrived, countText } from '../kit/rows.ts';
import type { NodeRun } from '../kit/run.ts';
import type { DataExtensionConfig } from './config.ts';
import { deliver } from './deliver.ts';
import { deliverFile } from './deliverFile.ts';
import { rowColumn } from './due.ts';
import { prepare } from './prepare.ts';
import { openTarget } from './target.ts';

export const run: NodeRun<DataExtensionConfig> = async (context) => {
  const { config } = context;
  const input = arrivedRows(context);
  const { client: opened } = await context.connect(config.connection);
  const client = clientAs(opened, 'dataExtensions', config.connection);
  const target = await openTarget(context, client, input);
  const waiting = await context.awaited(input);
  const { due, refused } = await prepare(context, client, input, target);
  const send = config.delivery === 'file' ? deliverFile : deliver;
  const delivered = await send(context, client, target, due);
  if ('waitUntil' in delivered) return delivered;
  const failures: Relation = {
    op: 'set',
    kind: 'unionAll',
    by: [rowColumn.name],
    inputs: [scan(refused), scan(delivered)],
  };
  const reject = await context.table(rejectedRows(input, failures, rowColumn.name));
  await context.delivered(waiting, written(input, failures));
  const success = reject.count === 0 ? input : await context.table(accepted(input, failures));
  context.log('info', describe(target.extension.key, success.count, reject.count));
  countArrived(context);
  return { ports: { success, reject } };
};

const accepted = (input: TableRef, failures: Relation): Relation => ({
  op: 'join',
  kind: 'anti',
  left: scan(input),
  right: failures,
  on: [{ left: rowId, right: column(rowColumn.name) }],
});

/** As `context.delivered` takes them. */
function written(input: TableRef, failures: Relation): Relation {
  const own: Relation = {
    op: 'project',
    input: scan(input),
    columns: [
      { name: 'row', label: '', type: 'integer', expr: rowId },
      { name: 'recordId', label: '', type: 'text', expr: literal(null, 'text') },
    ],
  };
  const on = [{ left: column('row', 'left'), right: column(rowColumn.name, 'right') }];
  return { op: 'join', kind: 'anti', left: own, right: failures, on };
}

function describe(key: string, written: number, rejected: number): string {
  const end = rejected === 0 ? '' : `, ${countText(rejected)} rejected`;
  return `${countText(written)} rows written to "${key}"${end}.`;
}
