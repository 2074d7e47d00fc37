import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { z } from 'zod';
import { UserError } from '../../../contract/errors.ts';
import type { chosenRecordsSchema } from '../../../contract/exports.ts';
import type { RunSummary } from '../../../contract/run.ts';
import type { Cell } from '../../../contract/types.ts';
import type { Actor } from '../../access/actor.ts';
import { actorText, requireRole } from '../../access/actor.ts';
import { audited } from '../../access/audit.ts';
import type { Tx } from '../../db/transaction.ts';
import { readCall } from '../../exports/calls.ts';
import type { CountedExports } from '../../exports/detail.ts';
import { readExport } from '../../exports/detail.ts';
import type { FoundExport } from '../../exports/find.ts';
import { findExport, listExports, readSteady, requireKnown, requireSettled } from '../../exports/find.ts';
import { readTables } from '../../exports/keep.ts';
import type { Named, Saying } from '../../exports/marks.ts';
import { findSayable, readMarks, say, sayings } from '../../exports/marks.ts';
import { nameRecords } from '../../exports/named.ts';
import { createTelling, tellAsTable, toRowQuery } from '../../exports/records.ts';
import { startRequeue } from '../../exports/requeue.ts';
import { toMoves } from '../../exports/sent.ts';
import type { Repeat } from '../../exports/undo.ts';
import { requireWritten, startUndo } from '../../exports/undo.ts';
import type { Instance } from '../../instance.ts';
import type { RunHost } from '../../runs/createRun.ts';
import { requireDisk } from '../../runs/disk.ts';
import { contentTypes, writeText } from '../../tableText.ts';
import { knownConnections } from '../../workflows/problems.ts';
import { changeBy } from '../change.ts';
import { refusePersonalSearch, seesPersonal } from '../masking.ts';
import { createOpenedNotes } from '../opened.ts';
import { acceptsGzip } from '../reply.ts';
import type { Call, HandlersOf } from '../route.ts';

type Names =
  | 'listExports'
  | 'getExport'
  | 'listExportRecords'
  | 'downloadExportRecords'
  | 'getExportCall'
  | 'undoExport'
  | 'requeueRejects'
  | 'dismissRejects'
  | 'resolveDoubt';

export function exportHandlers(instance: Instance): HandlersOf<Names> {
  const { db, stores, config } = instance;
  const days = config.retentionExportDays;
  const counted: CountedExports = new Map();
  const noteOpened = createOpenedNotes(instance);
  const find = (call: Call<Exclude<Names, 'listExports'>>) => findExport(db, call.param('export'));
  const steady = <T>(call: Call<Exclude<Names, 'listExports'>>, reading: (row: FoundExport) => Promise<T>) =>
    readSteady(db, call.param('export'), reading);
  const read = (row: FoundExport) => readExport({ db, stores, counted }, days, row);
  return {
    listExports: (call) => listExports(db, days, call.query),
    getExport: (call) => steady(call, read),
    listExportRecords: (call) =>
      steady(call, async (row) => {
        const { cursor = null, limit, ...asked } = call.query;
        const { records } = readTables(row);
        const [table, columns] = [records.id, records.columns];
        refusePersonalSearch(call.actor.role, columns, { sort: null, filter: [], search: asked.search ?? '' });
        const subject = `export:${row.id}`;
        if (cursor === null) await noteOpened(call.actor, { action: 'export.open', subject, table, columns });
        const marks = await readMarks(db, row.id);
        const page = await stores.run(row.run_id).page(records, { ...toRowQuery(row, marks, asked), cursor, limit });
        const tell = createTelling(row, marks, !seesPersonal(call.actor.role));
        return { records: page.rows.map(tell), cursor: page.cursor, matching: page.matching };
      }),
    downloadExportRecords: async (call) => download(instance, call, await find(call)),
    getExportCall: (call) => steady(call, (row) => readCall(stores, row, Number(call.param('call')))),
    undoExport: async (call) => {
      const row = await find(call);
      const rows = distinct(call.body);
      await requireWritten(stores, row, rows);
      return repeat(instance, call.actor, row, 'undo', rows, (tx, host, how) =>
        startUndo(tx, host, how.row, { ...how, rows }),
      );
    },
    requeueRejects: async (call) => {
      const row = await find(call);
      if (row.version === null) requireRole(call.actor, 'editor');
      requireSettled(row);
      const rows = distinct(call.body);
      const named = await nameRecords(stores, row, rows);
      const marks = await readMarks(db, row.id);
      const saying = sayings.requeued;
      findSayable(row, marks, saying, named);
      await stores.local.moveSent(null, toMoves(row, marks, { saying, named }, instance.clock.now()));
      return repeat(instance, call.actor, row, 'requeue', rows, (tx, host, how) =>
        startRequeue(tx, host, how.row, { ...how, named }),
      );
    },
    dismissRejects: async (call) => {
      const row = await find(call);
      requireSettled(row);
      await sayOf(instance, call.actor, row, { saying: sayings.dismissed, rows: distinct(call.body) });
      return read(await find(call));
    },
    resolveDoubt: async (call) => {
      const row = await find(call);
      requireKnown(row);
      const saying = call.body.written ? sayings.written : sayings.notWritten;
      await sayOf(instance, call.actor, row, { saying, rows: distinct(call.body) });
      return read(await find(call));
    },
  };
}

const distinct = ({ rows }: z.output<typeof chosenRecordsSchema>): number[] | null => rows && [...new Set(rows)];

async function repeat(
  instance: Instance,
  actor: Actor,
  row: FoundExport,
  purpose: 'undo' | 'requeue',
  rows: readonly number[] | null,
  start: (tx: Tx, host: RunHost, how: Repeat & { row: FoundExport }) => Promise<RunSummary>,
): Promise<RunSummary> {
  const { db, stores, checks, config, newId } = instance;
  await requireDisk(stores, config.diskFloorMB * 1_000_000);
  const { input, records } = readTables(row);
  for (const table of [input, records]) await stores.run(row.run_id).verify(table);
  const connections = await knownConnections(db, checks);
  const run = await changeBy(instance, actor, async (change) => {
    const host = { catalog: checks.nodes, newId, at: change.now.toISOString() };
    const origin = { kind: actor.kind === 'token' ? ('api' as const) : ('manual' as const), by: actorText(actor) };
    // As it is now: it may have expired, or have said more.
    const now = await findExport(change.tx, row.id);
    const started = await start(change.tx, host, { row: now, origin, connections });
    const what = { run: started.id, records: rows?.length ?? 'all' };
    await audited(change, `export.${purpose}`, `export:${row.id}`, null, what);
    return started;
  });
  instance.engine.nudge();
  instance.feed.publish('runs');
  instance.feed.publish('exports');
  instance.feed.wake(run.id);
  return run;
}

/**
 * What the records are in sent states moves first: that can be said again, and a word that was written down and moved nothing
 * could not.
 */
async function sayOf(
  instance: Instance,
  actor: Actor,
  row: FoundExport,
  { saying, rows }: { saying: Saying; rows: readonly number[] | null },
): Promise<void> {
  const { db, stores, clock } = instance;
  const named: Named = await nameRecords(stores, row, rows);
  const marks = await readMarks(db, row.id);
  findSayable(row, marks, saying, named);
  await stores.local.moveSent(null, toMoves(row, marks, { saying, named }, clock.now()));
  await changeBy(instance, actor, async (change) => {
    const now = await findExport(change.tx, row.id);
    if (now.stage !== row.stage) throw new UserError('CONFLICT', { what: 'The export' });
    const sayable = findSayable(now, await readMarks(change.tx, row.id), saying, named);
    const said = { mark: saying.mark, by: actorText(actor), at: change.now.toISOString(), run_id: null };
    await say(change.tx, now, sayable, said);
    const action = saying.mark === 'dismissed' ? 'export.dismiss' : 'export.doubt';
    await audited(change, action, `export:${row.id}`, null, { mark: saying.mark, records: sayable.records });
  });
  instance.feed.publish('exports');
}

async function download(instance: Instance, call: Call<'downloadExportRecords'>, row: FoundExport): Promise<void> {
  const { request, response } = call;
  const marks = await readMarks(instance.db, row.id);
  const query = toRowQuery(row, marks, call.query);
  await changeBy(instance, call.actor, (change) => audited(change, 'export.download', `export:${row.id}`));
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.status(200).type(contentTypes.csv).set('cache-control', 'no-store').vary('Accept-Encoding');
  response.attachment(`${row.workflow_name}-${row.node_label}-export.csv`.replaceAll(/[^\w.-]+/g, '_'));
  const { columns, toCells } = tellAsTable(row, marks);
  const batches = instance.stores.run(row.run_id).export(readTables(row).records, query, gone.signal);
  const text = writeText(tellAll(batches, toCells), { format: 'csv', columns });
  if (!acceptsGzip(request)) return pipeline(text, response);
  response.set('content-encoding', 'gzip');
  await pipeline(text, createGzip(), response);
}

async function* tellAll(batches: AsyncIterable<Cell[][]>, toCells: (cells: readonly Cell[]) => Cell[]) {
  for await (const rows of batches) yield rows.map(toCells);
}
