/** One case: rows are exported while things go wrong, and then the organisation is compared with what each row is said to have become. */
import type { Workflow } from '../../../contract/workflow.ts';
import { defaults } from '../../../nodes/crm-connector/config.ts';
import type { Stage } from '../stage.ts';
import type { Shown, Struck } from '../struck.ts';
import { drawFlow, oftenAgain, runStruck, sendingNode } from '../struck.ts';
import type { CrashCase } from './crashCase.ts';
import { columns, makeRecords, makeRows, settingsOf } from './input.ts';
import type { CrmKind, CrmRemote } from './remote.ts';
import { verify, verifyUndo } from './verify.ts';

/** Throws an Error that says what is not as it should be. */
export async function runCase(crm: CrmKind, stage: Stage<CrmRemote>, name: string, crash: CrashCase): Promise<Shown> {
  const { remote, product } = stage;
  const before = await makeRecords(remote, name, crash);
  const rows = makeRows(remote, name, crash, before.records);
  const cells = rows.map(({ row }, index) => [String(index), row.id, row.key, row.last, row.title, row.department]);
  const workflow = drawExport(remote, name, await stage.put(`${name}.json`, cells), crash);
  await product.call('createWorkflow', { body: { workflow } });
  const params = { workflow: name };
  const exported = await runStruck(stage, crash, () => product.call('startRun', { params, body: { which: 'draft' } }));
  const facts = { name, crash, crm, before, rows };
  const verified = await verify(stage, exported.run, facts);
  const shown = { attempts: exported.task.attempt, met: exported.met, outcomes: verified.outcomes };
  if (crash.undo === null || verified.written === 0) return shown;
  const of = { export: exported.task.id };
  const undone = await runStruck(stage, crash.undo, () =>
    product.call('undoExport', { params: of, body: { rows: null } }),
  );
  return addUndo(shown, undone, await verifyUndo(stage, undone.run, facts, verified));
}

function addUndo(shown: Shown, { met, task }: Struck, undone: Record<string, number>): Shown {
  return {
    // One waits for the answer.
    attempts: shown.attempts + task.attempt - 2,
    met: { kill: shown.met.kill + met.kill, sleep: shown.met.sleep + met.sleep },
    outcomes: {
      ...shown.outcomes,
      ...Object.fromEntries(Object.entries(undone).map(([what, count]) => [`undo ${what}`, count])),
    },
  };
}

function drawExport(remote: CrmRemote, name: string, file: string, crash: CrashCase): Workflow {
  const connection = remote.connections[0]?.name ?? '';
  const config = { ...defaults, connection, object: remote.object, ...settingsOf(remote, crash) };
  const nodes = {
    input: { type: 'rows-of-file', config: { file, columns: [...columns] } },
    [sendingNode]: { type: 'crm-connector', config, retry: oftenAgain },
  };
  return drawFlow(name, nodes, [`input -> ${sendingNode}`]);
}
