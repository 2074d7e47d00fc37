import { randomUUID } from 'node:crypto';
import type { WorkFault } from '../faultKinds.ts';
import type { Host } from '../host.ts';
import type { ImportDefinition } from './definition.ts';
import { ImportError } from './importError.ts';
import { importFile } from './importFile.ts';
import type { Totals } from './totals.ts';

/** One start of a definition. */
export interface ImportRun {
  objectId: string;
  accountId: number;
  /** What `Perform` gives back as the id of the task. */
  taskId: number;
  definitionKey: string;
  destinationId: string;
  status: 'New' | 'Processing' | 'Completed' | 'Error';
  started: string;
  ended: string | null;
  totals: Totals;
  /** Why it failed; told to people only, never by the interfaces. */
  problem: string | null;
}

const FIRST_TASK = 130_040_236;

/** Imports that were started, worked off in the order in which they were. */
export class ImportRuns {
  readonly #org: Host;
  readonly #all: ImportRun[] = [];
  #queue: Promise<void> = Promise.resolve();

  constructor(org: Host) {
    this.#org = org;
  }

  of(accountId: number): ImportRun[] {
    return this.#all.filter((run) => run.accountId === accountId);
  }

  start(definition: ImportDefinition, fault: WorkFault): ImportRun {
    const run: ImportRun = {
      objectId: randomUUID(),
      accountId: definition.accountId,
      taskId: FIRST_TASK + this.#all.length,
      definitionKey: definition.customerKey,
      destinationId: definition.destinationId,
      status: 'New',
      started: this.#org.serverTime(),
      ended: null,
      totals: { rows: 0, successful: 0, duplicated: 0, errors: 0 },
      problem: null,
    };
    this.#all.push(run);
    this.#org.work.later(fault.delayMs, () => {
      this.#queue = this.#queue.then(() => this.#work(run, definition, fault));
    });
    return run;
  }

  /** Errors of a file are the run's; a bug of the demo's own is noted as well. */
  async #work(run: ImportRun, definition: ImportDefinition, fault: WorkFault): Promise<void> {
    run.status = 'Processing';
    try {
      if (fault.error !== null && fault.doneRows === 0) throw new ImportError(fault.error);
      await importFile(this.#org, definition, run.totals, fault);
      run.status = 'Completed';
    } catch (error) {
      run.status = 'Error';
      run.problem = (error as Error).message;
      if (!(error instanceof ImportError))
        process.stderr.write(`demo organisation: import\n${(error as Error).stack}\n`);
    }
    run.ended = this.#org.serverTime();
  }
}
