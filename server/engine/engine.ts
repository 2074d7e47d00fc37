/** The engine: claims tasks, runs them, fires schedules, looks after what was lost. */
import type { Keep } from '../../contract/keeping.ts';
import { watchEvents } from '../alarms/lateEvents.ts';
import type { Sending } from '../alarms/sending.ts';
import { createSending } from '../alarms/sending.ts';
import { watchForAlarms } from '../alarms/watch.ts';
import { withClient } from '../connections/withClient.ts';
import { waitFor } from '../db/clock.ts';
import type { NewId } from '../db/ids.ts';
import { createIds } from '../db/ids.ts';
import type { TaskRow } from '../db/rows.ts';
import { readHold } from '../keeping/hold.ts';
import { finishPurges, purgeRuns } from '../keeping/purge.ts';
import { stopOrphans } from './calls.ts';
import type { Candidate, Claimed } from './claim.ts';
import { claimTask, findClaimable, heartbeatLength, renewLease } from './claim.ts';
import type { Delivery } from './delivery.ts';
import { noDelivery } from './delivery.ts';
import { endLostRuns, goOnQuietRuns, releaseAllHeld, watchRunning } from './endings.ts';
import { fireSchedules } from './fire.ts';
import { beatHeart, removeEngines } from './health.ts';
import type { Host } from './host.ts';
import type { Rest } from './rest.ts';
import { createRest } from './rest.ts';
import type { Runner, RunningTask } from './runTask.ts';
import { startTask } from './runTask.ts';
import { beginService, findDue, syncAllSchedules } from './service.ts';
import { deliverSignals } from './signals.ts';

export interface EngineOptions extends Omit<Host, 'engineId' | 'newId' | 'random' | 'announce'> {
  /** Left out: Math.random. */
  random?(): number;
  /** Left out: its own. */
  newId?: NewId;
  /** Tasks at once (default 4); never more than `threads` − 6. */
  concurrency?: number;
  /** Size of the thread pool of this process (default 16). */
  threads?: number;
  /** What is kept of ended runs; left out: everything, for ever. */
  keep?: Keep;
  /** Bytes of free disk below which schedules start nothing (default 0). */
  diskFloor?: number;
  /** Left out: everything is found by looking. */
  delivery?: Delivery;
  /** Events were added to a run. */
  onEvents?(runId: string): void;
  /** A node did not end for half a minute after it was given up: only a new process gets rid of it. */
  onStuck?(): void;
}

export interface Engine {
  readonly id: string;
  /** Takes over what earlier engines left, and begins to work: on everything, or on one run only (`syncline run`). */
  start(onlyRun?: string): Promise<void>;
  /** Gives running tasks back and resolves when nothing of this engine is left. */
  stop(): Promise<void>;
  /** There is something to do: look now instead of within half a second. */
  nudge(): void;
  /** A task was delivered: take it now. */
  wake(): void;
}

/** Milliseconds after which the engine looks for what others wrote without a nudge. */
const longestRest = 500;
const threadsKeptFree = 6;
const stuckAfter = 30_000;
const choreLengths = { held: 1_000, orphans: 500, marked: 1_000, watch: 10_000, events: 10_000, purge: 600_000 };

export function createEngine(options: EngineOptions): Engine {
  const newId = options.newId ?? createIds(options.clock);
  const host: Host = {
    ...options,
    engineId: newId(),
    newId,
    random: options.random ?? Math.random,
    announce: (runId) => options.onEvents?.(runId),
  };
  return new RunLoop(host, options);
}

const clientHost = (host: Host) => ({ ...host, connectors: host.catalog.connectors });

class RunLoop implements Engine {
  readonly #host: Host;
  readonly #options: EngineOptions;
  readonly #slots: number;
  readonly #delivery: Delivery;
  readonly #running = new Map<string, RunningTask>();
  readonly #rest: Rest;
  readonly #stopping = new AbortController();
  /** Milliseconds of the epoch at which a chore is due again. */
  readonly #dueAt = new Map<string, number>();
  /** When the engine last looked around: milliseconds of the epoch; 0 when it has to. */
  #lookedAt = 0;
  /** When the next task or schedule is due: milliseconds of the epoch; undefined when it could not be asked. */
  #due: number | undefined;
  #knowsDue = false;
  #loops: Promise<unknown> = Promise.resolve();
  /** Set: no schedule is fired, nothing is purged, and tasks of other runs stay where they are. */
  #onlyRun: string | undefined;
  /** The last round had no room for all that it might have taken: what a commit makes queues up behind that. */
  #crowded = false;
  /** The instance was restored, and nobody confirmed yet that it may work. */
  #held = true;
  readonly #sending: Sending;
  readonly #runner: Runner = {
    mayGoOn: () => this.#hasRoom() && !this.#crowded && !this.#held && !this.#stopping.signal.aborted,
    goOn: (next) => this.#run(next),
    onAbandoned: (task, work) => this.#watchAbandoned(task, work),
  };

  constructor(host: Host, options: EngineOptions) {
    this.#host = host;
    this.#options = options;
    this.#rest = createRest(host.clock);
    this.#sending = createSending(
      { ...host, withClient: (name, work) => withClient(clientHost(host), name, work) },
      host.log,
    );
    this.#delivery = options.delivery ?? noDelivery;
    const { concurrency = 4, threads = 16 } = options;
    this.#slots = Math.max(1, Math.min(concurrency, threads - threadsKeptFree));
  }

  get id(): string {
    return this.#host.engineId;
  }

  async start(onlyRun?: string): Promise<void> {
    this.#onlyRun = onlyRun;
    await beginService(this.#host);
    if (onlyRun === undefined) await syncAllSchedules(this.#host);
    this.#loops = Promise.all([this.#work(), this.#keepAlive()]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.nudge();
    await this.#loops;
    // The tasks first: their leases are not renewed any more, and a mail server may be slow.
    while (this.#running.size > 0) {
      const running = [...this.#running.values()];
      for (const task of running) task.end('shutdown');
      await Promise.all(running.map((task) => task.done));
    }
    await this.#sending.end();
    await removeEngines(this.#host);
  }

  nudge(): void {
    this.#lookedAt = 0;
    this.#rest.end();
  }

  wake(): void {
    this.#rest.end();
  }

  async #work(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#rest.begin();
      const began = this.#host.clock.now();
      await this.#guarded('a round', () => this.#round(began.getTime()));
      if (this.#rest.isOver()) continue;
      if (!this.#knowsDue) await this.#learnDue(began);
      const latest = began.getTime() + longestRest;
      if (await this.#rest.wait(Math.min(latest, this.#due ?? latest))) this.#lookedAt = 0;
    }
  }

  /** What ends while it is asked may begin to wait, too late for the answer: then it is asked again. */
  async #learnDue(began: Date): Promise<void> {
    this.#knowsDue = true;
    this.#due = await this.#guarded('looking for what is due', () => findDue(this.#host, began.toISOString()));
  }

  /** A task that ended here wakes the loop as well; then it is enough to see what follows from it. */
  async #round(now: number): Promise<void> {
    await watchRunning(this.#host, this.#running);
    const looks = now >= this.#lookedAt + longestRest;
    if (looks) {
      this.#lookedAt = now;
      this.#knowsDue = false;
      await this.#look();
    }
    if (this.#held) return;
    const wasFull = await this.#takeDelivered();
    this.#crowded = (looks || !this.#delivery.delivers ? await this.#findMore() : false) || wasFull;
    // What ended since then did not know that somebody waits for its slot.
    if (this.#crowded && this.#hasRoom()) this.#rest.end();
  }

  async #look(): Promise<void> {
    const host = this.#host;
    const { diskFloor = 0, keep } = this.#options;
    this.#held = (await readHold(host.db)) !== null;
    await this.#guarded('the end of lost runs', () => endLostRuns(host, [...this.#running.keys()]));
    await this.#guarded('the end of quiet runs', () => goOnQuietRuns(host));
    await this.#chore('held', () => releaseAllHeld(host));
    await this.#chore('orphans', () => stopOrphans(host));
    if (this.#onlyRun !== undefined || this.#held) return;
    await this.#guarded('firing schedules', () => fireSchedules(host, diskFloor));
    await this.#guarded('delivering signals', () => deliverSignals(host, diskFloor));
    await this.#chore('watch', () => watchForAlarms(host));
    await this.#chore('events', () => watchEvents(host));
    this.#sending.begin();
    await this.#chore('marked', () => finishPurges(host));
    if (keep) await this.#chore('purge', () => purgeRuns(host, keep));
  }

  /**
   * Gives whether more may have been delivered than there was room for. An engine that is there for one run leaves the tasks of
   * others to others. For a moment more may run than there are slots: tasks that are over but still clean up, and those that
   * were gone on with.
   */
  async #takeDelivered(): Promise<boolean> {
    if (this.#onlyRun !== undefined) return false;
    const free = this.#slots - this.#running.size;
    if (free <= 0) return true;
    const delivered = (await this.#guarded('the delivery', () => this.#delivery.take(free))) ?? [];
    await this.#claim(delivered);
    return delivered.length >= free;
  }

  /** What was not delivered: due later, given back, or lost with its engine. Gives whether there may be more of it than there was room for. */
  async #findMore(): Promise<boolean> {
    const free = this.#slots - this.#running.size;
    if (free <= 0) return true;
    const found = await findClaimable(this.#host, free, [...this.#running.keys()], this.#onlyRun);
    return (await this.#claim(found)) >= free;
  }

  /** Gives how many were claimed: others may have been faster. */
  async #claim(candidates: readonly Candidate[]): Promise<number> {
    let count = 0;
    for (const candidate of candidates) {
      const claimed = await this.#guarded('a claim', () => claimTask(this.#host, candidate));
      if (!claimed) continue;
      this.#run(claimed);
      count += 1;
    }
    return count;
  }

  #hasRoom(): boolean {
    return this.#running.size < this.#slots;
  }

  #run(claimed: Claimed): void {
    const { task } = claimed;
    const running = startTask(this.#host, claimed, this.#runner);
    this.#running.set(task.id, running);
    if (this.#stopping.signal.aborted) running.end('shutdown');
    void running.done.then(({ mayWait, mayFollow }) => {
      // By then a later attempt of the same task may run here.
      if (this.#running.get(task.id) === running) this.#running.delete(task.id);
      if (mayWait) this.#knowsDue = false;
      if (mayFollow || this.#crowded) this.#rest.end();
    });
  }

  /** Renews the leases of what runs here; a task that is no longer ours is ended. */
  async #keepAlive(): Promise<void> {
    const { clock } = this.#host;
    while (!this.#stopping.signal.aborted) {
      await waitFor(clock, heartbeatLength, this.#stopping.signal);
      if (!this.#stopping.signal.aborted) await this.#guarded('a heartbeat', () => this.#beat());
    }
  }

  async #beat(): Promise<void> {
    await beatHeart(this.#host);
    for (const { task, end } of this.#running.values()) if (!(await renewLease(this.#host, task))) end('fenced');
  }

  #watchAbandoned(task: TaskRow, work: Promise<unknown>): void {
    const place = { run: task.run_id, task: task.id, node: task.node_id };
    this.#host.log.warn(place, 'a node did not end when it was asked to: it is given up');
    const cancel = this.#host.clock.after(stuckAfter, () => {
      this.#host.log.error(place, 'a node that was given up still does not end');
      this.#options.onStuck?.();
    });
    void work.then(cancel);
  }

  async #chore(name: keyof typeof choreLengths, work: () => Promise<unknown>): Promise<void> {
    const now = this.#host.clock.now().getTime();
    if (now < (this.#dueAt.get(name) ?? 0)) return;
    this.#dueAt.set(name, now + choreLengths[name]);
    await this.#guarded(`the chore "${name}"`, work);
  }

  /** The engine goes on whatever the database does; undefined when it failed. */
  async #guarded<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#host.log.error({ err: error }, `${name} of the engine failed`);
      return undefined;
    }
  }
}
