import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../contract/errors.ts';
import type { TableRef } from '../contract/relation.ts';
import type { TaskSummary } from '../contract/run.ts';
import { loadConfig } from '../server/config.ts';
import { systemClock } from '../server/db/clock.ts';
import type { Db } from '../server/db/transaction.ts';
import { openControlOf, openStoresOf } from '../server/openData.ts';
import { findTable, listRuns, readRunDetail } from '../server/runs/readRuns.ts';
import type { TextFormat } from '../server/tableText.ts';
import { writeText } from '../server/tableText.ts';
import { requireInstance } from './instanceFolder.ts';
import type { Terminal } from './terminal.ts';

export interface RecordFlags {
  data?: string;
  format: TextFormat;
  pass?: string;
  bom?: boolean;
}

/** Throws UserError NOT_FOUND or INVALID_INPUT. */
export async function printRecords(run: string, place: string, flags: RecordFlags, { out }: Terminal): Promise<void> {
  const where = readPlace(place, flags.pass);
  const config = loadConfig(flags.data === undefined ? {} : { data: flags.data });
  if (config.databaseUrl === undefined) requireInstance(config.data);
  const db = await openControlOf(config, systemClock);
  const stores = openStoresOf(config, 'read');
  try {
    const runId = run === 'last' ? await lastRun(db) : run;
    const table = await findPort(db, runId, where);
    const stopped = new AbortController();
    const rows = stores.run(runId).export(table, { sort: null, search: '', filter: [] }, stopped.signal);
    const text = writeText(rows, { format: flags.format, columns: table.columns, bom: flags.bom ?? false });
    await pipeline(Readable.from(text), out, { end: false })
      .catch(ignoreClosedPipe)
      .finally(() => stopped.abort());
  } finally {
    await stores.close();
    await db.destroy();
  }
}

/** Whoever reads only the first lines (`head`) closes the pipe: that is no failure. */
function ignoreClosedPipe(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
}

async function lastRun(db: Db): Promise<string> {
  const [run] = await listRuns(db, { limit: 1 });
  if (!run) throw new UserError('NOT_FOUND', { what: 'A run of this instance' });
  return run.id;
}

interface Place {
  nodeName: string;
  port: string;
  /** null: the last time the node was reached. */
  pass: number | null;
}

/** NODE.PORT in its parts: names of nodes hold no dot. Throws UserError INVALID_INPUT. */
function readPlace(text: string, pass: string | undefined): Place {
  const [, nodeName, port] = /^([^.]+)\.(.+)$/.exec(text) ?? [];
  if (!nodeName || !port)
    throw new UserError('INVALID_INPUT', { reason: `"${text}" is not a node and a port: write NODE.PORT` });
  return { nodeName, port, pass: pass === undefined ? null : Number(pass) };
}

async function findPort(db: Db, runId: string, { nodeName, port, pass }: Place): Promise<TableRef> {
  const { workflowFile, tasks } = await readRunDetail(db, runId);
  const node = workflowFile.nodes.find((one) => one.name === nodeName);
  if (!node) throw new UserError('NOT_FOUND', { what: `The node "${nodeName}" in this run` });
  const own = tasks.filter((task) => task.nodeId === node.id);
  const taken = own.filter((task) => port in task.outputs);
  const task = pass === null ? taken.at(-1) : taken.find((one) => one.pass === pass);
  if (!task) throw new UserError('NOT_FOUND', { what: `The output ${nodeName}.${port} ${outputsText(own)}` });
  return findTable(db, runId, task.id, port);
}

/** What can be asked for instead. */
function outputsText(tasks: readonly Pick<TaskSummary, 'outputs'>[]): string {
  const ports = [...new Set(tasks.flatMap((task) => Object.keys(task.outputs)))].sort();
  return ports.length === 0 ? '(the node was not reached)' : `(there is ${ports.join(', ')})`;
}
