import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UserError } from '../../../contract/errors.ts';
import type { Workflow } from '../../../contract/workflow.ts';
import { audited } from '../../access/audit.ts';
import type { Instance } from '../../instance.ts';
import { findTable, listTables, readRun, readRunDetail } from '../../runs/readRuns.ts';
import type { TextFormat } from '../../tableText.ts';
import { contentTypes, textFormats, writeText } from '../../tableText.ts';
import { changeBy } from '../change.ts';
import { maskRows, refusePersonalSearch } from '../masking.ts';
import { createOpenedNotes } from '../opened.ts';
import { acceptsGzip } from '../reply.ts';
import type { Call, HandlersOf } from '../route.ts';
import { readRowQuery } from '../rowQuery.ts';

type Names = 'listRows' | 'downloadRows' | 'followRecord' | 'listLocalTables' | 'listLocalRows' | 'deleteLocalTable';

export function rowHandlers(instance: Instance): HandlersOf<Names> {
  const { db, stores } = instance;
  const noteOpened = createOpenedNotes(instance);
  return {
    listRows: async (call) => {
      const run = call.param('run');
      const table = await findTable(db, run, call.param('task'), call.param('port'));
      const query = readRowQuery(call.query, table.columns);
      refusePersonalSearch(call.actor.role, table.columns, query);
      const { id, columns } = table;
      if (query.cursor === null)
        await noteOpened(call.actor, { action: 'rows.open', subject: `run:${run}`, table: id, columns });
      const page = await stores.run(run).page(table, query);
      return { ...page, rows: maskRows(call.actor.role, page.columns, page.rows) };
    },
    downloadRows: (call) => download(instance, call),
    followRecord: async (call) => {
      const run = await readRun(db, call.param('run'));
      const tables = await listTables(db, run.id);
      await changeBy(instance, call.actor, (change) => audited(change, 'rows.follow', `run:${run.id}`));
      const found = await stores.run(run.id).follow(
        tables.map(({ table }) => table),
        call.query.value,
      );
      const places = new Map(tables.map((place) => [place.table.id, place]));
      return found.flatMap(({ table, id, rid, row }) => {
        const place = places.get(table.id);
        if (!place) return [];
        const { taskId, nodeId, port } = place;
        return [{ taskId, nodeId, port, id, rid, row, columns: table.columns }];
      });
    },

    listLocalTables: async () => (await stores.local.tables()).filter(({ name }) => isOpen(name)),
    listLocalRows: async (call) => {
      const name = call.param('table');
      const table = isOpen(name) ? await stores.local.table(name) : null;
      if (!table) throw new UserError('NOT_FOUND', { what: `The table "${name}"` });
      const query = readRowQuery(call.query, table.columns);
      refusePersonalSearch(call.actor.role, table.columns, query);
      if (query.cursor === null)
        await noteOpened(call.actor, {
          action: 'local-table.open',
          subject: `local-table:${name}`,
          table: name,
          columns: table.columns,
        });
      const page = await stores.local.page(name, query);
      return { ...page, rows: maskRows(call.actor.role, page.columns, page.rows) };
    },
    deleteLocalTable: async (call) => {
      const name = call.param('table');
      const table = (await stores.local.tables()).find((one) => one.name === name && isOpen(name));
      if (!table) throw new UserError('NOT_FOUND', { what: `The table "${name}"` });
      // The audit row comes first: local data is another file, and a drop that nobody noted would be worse.
      const gone = { rows: table.rows, columns: table.columns.length };
      await changeBy(instance, call.actor, (change) =>
        audited(change, 'local-table.delete', `local-table:${name}`, gone),
      );
      await stores.local.drop(name);
      instance.feed.publish('tables');
      return { ok: true };
    },
  };
}

/** Tables of Syncline's own, such as what an import has delivered, begin with "_": they are nobody's data. */
const isOpen = (table: string): boolean => !table.startsWith('_');

async function download(instance: Instance, call: Call<'downloadRows'>): Promise<void> {
  const { request, response } = call;
  const format = readFormat(call.param('format'));
  const [run, task, port] = [call.param('run'), call.param('task'), call.param('port')];
  const table = await findTable(instance.db, run, task, port);
  const query = readRowQuery(call.query, table.columns);
  const { workflow, node } = await namesOf(instance, run, task);
  const place = { node, port, format };
  await changeBy(instance, call.actor, (change) => audited(change, 'rows.download', `run:${run}`, null, place));
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.status(200).type(contentTypes[format]).set('cache-control', 'no-store').vary('Accept-Encoding');
  response.attachment(`${workflow}-${node}-${port}.${format}`.replaceAll(/[^\w.-]+/g, '_'));
  const text = writeText(instance.stores.run(run).export(table, query, gone.signal), {
    format,
    columns: table.columns,
    bom: call.query.bom ?? false,
  });
  if (!acceptsGzip(request)) return pipeline(text, response);
  response.set('content-encoding', 'gzip');
  await pipeline(text, createGzip(), response);
}

function readFormat(text: string): TextFormat {
  const format = textFormats.find((known) => known === text);
  if (!format) throw new UserError('INVALID_INPUT', { reason: `the format is one of ${textFormats.join(', ')}` });
  return format;
}

/** What the file is named after. */
async function namesOf(instance: Instance, run: string, task: string): Promise<{ workflow: string; node: string }> {
  const detail = await readRunDetail(instance.db, run);
  const nodeId = detail.tasks.find((one) => one.id === task)?.nodeId;
  const file: Workflow = detail.workflowFile;
  return { workflow: detail.workflow, node: file.nodes.find((one) => one.id === nodeId)?.name ?? 'node' };
}
