/** Rows on their way to the data extension AUDIENCE of a demo organisation, as a file by one or the other server. */
import type { Cell, Column } from '../../contract/types.ts';
import type { DataExtensionConfig } from '../../nodes/data-extension/config.ts';
import type { TestEngine } from './engine.ts';
import { passTime } from './passTime.ts';
import type { RunView } from './runView.ts';

const columns: Omit<Column, 'label'>[] = [
  { name: 'ContactKey', type: 'text' },
  { name: 'Email', type: 'text' },
  { name: 'Score', type: 'integer' },
];

/** The run when it is over; its node is `send`. The engine has the connections `cloud` and that of the files. */
export async function sendAudience(
  engine: TestEngine,
  rows: Cell[][],
  files: Pick<DataExtensionConfig, 'files'> & Partial<DataExtensionConfig>,
): Promise<RunView> {
  const config = {
    connection: 'cloud',
    extension: 'AUDIENCE',
    mode: 'upsert',
    key: [{ column: 'ContactKey', attribute: '' }],
    custom: ['Email', 'Score'],
    delivery: 'file',
    ...files,
  };
  const started = await engine
    .flow({ send: { type: 'data-extension', config } }, ['input -> send'])
    .withRows('input', columns, rows)
    .started();
  return passTime(engine, started, 'send', 15_000);
}
