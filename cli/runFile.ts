import { canRun } from '../contract/check.ts';
import { UserError } from '../contract/errors.ts';
import type { Workflow } from '../contract/workflow.ts';
import { loadConfig } from '../server/config.ts';
import type { Catalog } from '../server/engine/catalog.ts';
import { loadCatalog } from '../server/engine/catalog.ts';
import type { GivenConnections } from './connections.ts';
import { nameConnections, readConnectionFiles, startDemo } from './connections.ts';
import { issueLine, printFailure } from './failure.ts';
import { createProgress } from './progress.ts';
import type { RunReport } from './runSummary.ts';
import { reportRun } from './runSummary.ts';
import { stopSignal } from './signals.ts';
import type { Terminal } from './terminal.ts';
import { readWorkflowFile } from './workflowFile.ts';
import type { Beginning, Workplace } from './workplace.ts';
import { openWorkplace } from './workplace.ts';

export interface RunFlags {
  data?: string;
  demo?: boolean;
  demoSeed?: string;
  demoContacts?: string;
  connection: string[];
  resume?: boolean;
  retry?: boolean;
  approve?: boolean;
  refuse?: boolean;
  to?: string;
  simulate?: boolean;
  json?: boolean;
  logLevel: string;
}

/** Runs the workflow of a file to its end. Throws UserError for whatever keeps it from starting. */
export async function runFile(file: string, flags: RunFlags, terminal: Terminal): Promise<RunReport> {
  const { connection: pairs, json: _, resume = false, retry = false, to, simulate = false, ...others } = flags;
  const { approve, refuse, ...settings } = others;
  const answer = approve || refuse ? approve === true : null;
  const config = loadConfig({ ...settings });
  const catalog = await loadCatalog();
  await readRunnable(file, catalog, null, terminal);
  await using demo = config.demo ? await startDemo(config, catalog) : null;
  const given: GivenConnections = new Map([...(demo?.given ?? []), ...(await readConnectionFiles(pairs, catalog))]);
  await using place = await openWorkplace(config, catalog, given);
  const known = await nameConnections(place.db, given, catalog);
  const workflow = await readRunnable(file, catalog, known, terminal);
  // Awaited here: what is in use is given back when this function ends, not when its promise does.
  return await follow(
    place,
    { workflow, file, resume: resume || answer !== null, retry, answer, toNode: nodeId(workflow, to), simulate, known },
    terminal,
  );
}

/** Throws UserError NOT_FOUND. */
function nodeId({ nodes }: Workflow, name: string | undefined): string | null {
  if (name === undefined) return null;
  const node = nodes.find((one) => one.name === name);
  if (!node) throw new UserError('NOT_FOUND', { what: `The node ${name}` });
  return node.id;
}

/** Throws UserError FILE_UNREADABLE, or WORKFLOW_INVALID with the problems. Warnings are printed once all names are known. */
async function readRunnable(
  file: string,
  catalog: Catalog,
  known: Awaited<ReturnType<typeof nameConnections>> | null,
  { err }: Terminal,
): Promise<Workflow> {
  const { workflow, issues } = await readWorkflowFile(file, catalog.definitions, known);
  const reason = issues.find((issue) => issue.severity === 'error')?.message.replace(/\.$/, '') ?? '';
  if (!workflow || !canRun(issues)) throw new UserError('WORKFLOW_INVALID', { reason }, { issues });
  if (known) for (const issue of issues) err.write(`${issueLine(issue)}\n`);
  return workflow;
}

async function follow(place: Workplace, asked: Beginning, terminal: Terminal): Promise<RunReport> {
  const run = await place.begin(asked);
  const progress = createProgress(run.workflow, terminal);
  stopSignal()
    .then(() => place.stop(run.id))
    .catch((error: unknown) => printFailure(error, terminal));
  try {
    const events = await place.follow(run.id, (fresh) => progress.show(fresh));
    return reportRun(await place.read(run.id), events);
  } finally {
    progress.end();
  }
}
