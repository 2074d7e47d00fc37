/**
 * One case: rows go through a Change detection to a data extension while things go wrong; what is there then is compared with what
 * each row is said to have become. Afterwards they come again, some changed: only those leave that have changed or did not arrive.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Workflow } from '../../../contract/workflow.ts';
import type { Stage } from '../stage.ts';
import { play } from '../strikes.ts';
import type { Shown, Struck } from '../struck.ts';
import { drawFlow, oftenAgain, passTime, runStruck, sendingNode } from '../struck.ts';
import type { FileCase } from './draw.ts';
import type { ArrivingRow } from './input.ts';
import { columns, isSent, makeExtension, makeRows, readExtension, settingsOf, textOf } from './input.ts';
import type { CloudRemote, FileServer } from './remote.ts';
import type { Arrived, Sending } from './verify.ts';
import { verify } from './verify.ts';
import { watchFiles } from './watchFiles.ts';
import type { Mark } from './wire.ts';

type CloudStage = Stage<CloudRemote>;

/** Throws an Error that says what is not as it should be. */
export async function runFileCase(stage: CloudStage, name: string, file: FileCase): Promise<Shown> {
  const { remote, product } = stage;
  const before = await makeExtension(remote, name, file);
  const rows = makeRows(name, file, before, 0);
  const path = await stage.put(`${name}.json`, cellsOf(rows));
  await product.call('createWorkflow', { body: { workflow: drawSending(remote, name, path, file) } });
  const first = await send(stage, name, { file, rows, before, due: rows });
  await stage.put(`${name}.json`, cellsOf(makeRows(name, file, before, 1)));
  const changed = makeRows(name, file, await readExtension(remote), 1);
  const due = changed.filter(
    (row, index) => !first.arrived.has(index) || textOf(file, [row]) !== textOf(file, [rows[index] ?? row]),
  );
  const calm = { ...file, faults: [], strikes: [], wire: [] };
  const second = await send(stage, name, { file: calm, rows: changed, before: await readExtension(remote), due });
  return { ...first.shown, outcomes: { ...first.shown.outcomes, ...named(second.shown.outcomes) } };
}

const cellsOf = (rows: readonly ArrivingRow[]) => rows.map(({ cells }) => cells);

const named = (outcomes: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(outcomes).map(([what, count]) => [`again ${what}`, count]));

async function send(stage: CloudStage, name: string, sending: Sending): Promise<Arrived & { shown: Shown }> {
  const { remote, product } = stage;
  const { file, due } = sending;
  const server = file.way === 'rest' ? null : (remote.servers[file.way] ?? null);
  const text = textOf(file, due.filter(isSent));
  const imports = (await remote.imports()).length;
  const watching = server && (await watchFiles(server, text, file.draft));
  const met = { kill: 0, sleep: 0 };
  if (server) strikeOnWire(stage, server, file, text.length, met);
  const start = () => product.call('startRun', { params: { workflow: name }, body: { which: 'draft' } });
  const struck = await retried(stage, await runStruck(stage, file, start));
  server?.wire.watch([], async () => 'goes on');
  const laid = watching ? await watching.end() : [];
  await workedOff(remote);
  const begun = (await remote.imports()).slice(imports);
  const arrived = await verify(stage, sending, { struck, laid, imports: begun, after: await readExtension(remote) });
  const all = { kill: met.kill + struck.met.kill, sleep: met.sleep + struck.met.sleep };
  return { ...arrived, shown: { attempts: struck.task.attempt, met: all, outcomes: arrived.outcomes } };
}

/** What was sent again because its answer was lost is worked on twice: the later time belongs to this case, not to the next one. */
async function workedOff({ cloud }: CloudRemote): Promise<void> {
  while (((await cloud.state('state')) as { work: number }).work > 0) await pause(20);
}

/** Bytes with which a client introduces itself, roughly. */
const introduction = 3_000;

function strikeOnWire(stage: CloudStage, { wire }: FileServer, file: FileCase, bytes: number, met: Shown['met']): void {
  const marks = file.wire.map(({ sent, answers }): Mark => {
    const gone = sent < 0 ? introduction * (1 + sent * 10) : introduction + bytes * sent;
    return { sent: Math.floor(gone), answers };
  });
  wire.watch(marks, async (index) => {
    const strike = file.wire[index];
    if (strike === undefined || strike.kind === 'cut') return 'is cut';
    met[strike.kind] += await play(stage, { ...strike, kind: strike.kind });
    return 'goes on';
  });
}

/** What Marketing Cloud refuses or cannot import ends a run; people try it again. */
const ends = new Set(['IMPORT_FAILED', 'IMPORT_REFUSED']);
const mostRetries = 8;

async function retried(stage: CloudStage, struck: Struck): Promise<Struck> {
  let { run, task } = struck;
  for (let count = 0; run.state === 'failed' && ends.has(task.error?.code ?? '') && count < mostRetries; count += 1) {
    await stage.product.call('retryRun', { params: { run: run.id } });
    run = await passTime(stage, run.id);
    task = run.tasks.findLast(({ nodeId }) => nodeId === sendingNode) ?? task;
  }
  return { ...struck, run, task };
}

function drawSending(remote: CloudRemote, name: string, file: string, drawn: FileCase): Workflow {
  const nodes = {
    input: { type: 'rows-of-file', config: { file, columns: [...columns] } },
    detect: { type: 'change-detection', config: { key: ['key'] } },
    due: { type: 'union', config: {} },
    [sendingNode]: { type: 'data-extension', config: settingsOf(remote, drawn), retry: oftenAgain },
  };
  const arrows = ['input -> detect', 'detect.new -> due', 'detect.changed -> due', `due -> ${sendingNode}`];
  return drawFlow(name, nodes, arrows);
}
