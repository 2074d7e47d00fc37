/** The engine process as its parent sees it: started, started again when it dies or hangs, ended with its parent. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ErrorReply } from '../../contract/errors.ts';
import { UserError } from '../../contract/errors.ts';
import type { Clock } from '../db/clock.ts';
import { waitFor } from '../db/clock.ts';
import type { Log } from '../log.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { beatLength } from './messages.ts';

/**
 * Rows pass through in batches, so the engine needs little; without a limit V8 lets the garbage of the pages of a large
 * import lie until there are several times as many (MB).
 */
const heapLimits = ['--max-semi-space-size=8', '--max-old-space-size=320'];

export interface SuperviseOptions {
  /** The configuration: `childEnvironment(config)`. */
  environment: Record<string, string>;
  clock: Clock;
  log: Log;
  /** Events were added to a run. */
  onEvents(runId: string): void;
  /** Left out: the engine of this program. */
  program?: URL;
}

export interface EngineProcess {
  /** Resolves when the engine works for the first time. Rejects with what keeps it from that; then it is not tried again. */
  ready: Promise<void>;
  nudge(): void;
  /** The pid while it runs. */
  pid(): number | undefined;
  /** Lets it give its tasks back; after ten seconds it is killed. */
  stop(): Promise<void>;
}

const silence = 6 * beatLength;
const patience = 10_000;
const restartPause = { first: 500, longest: 30_000 };

export function superviseEngine(options: SuperviseOptions): EngineProcess {
  const { clock, log } = options;
  const stopping = new AbortController();
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  let child: ChildProcess | null = null;
  let pause = restartPause.first;
  let worked = false;

  const onMessage = (message: FromEngine): void => {
    if (message.type === 'events') options.onEvents(message.runId);
    if (message.type === 'failed') refuse(message.error);
    if (message.type !== 'ready') return;
    pause = restartPause.first;
    worked = true;
    resolve();
  };
  /** What a person has to mend is not mended by trying again. */
  const refuse = ({ code, message, details }: ErrorReply): void => {
    if (worked && code === 'BUG') return;
    stopping.abort();
    reject(code === 'BUG' ? new Error(message) : new UserError(code, details));
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      child = startChild(options, onMessage);
      const [code, signal] = await watch(child, options);
      child = null;
      if (stopping.signal.aborted) return;
      // One that was killed is started again; one that ended by itself before it ever worked would do so again.
      if (!worked && signal === null) throw new Error(`The engine process ended (${code}) before it began to work.`);
      log.error({ code, signal }, 'the engine process ended; it is started again');
      await waitFor(clock, pause, stopping.signal);
      pause = Math.min(pause * 2, restartPause.longest);
    }
  };
  const running = run();
  running.catch(reject);

  return {
    ready,
    nudge: () => say(child, { type: 'nudge' }),
    pid: () => child?.pid,
    async stop() {
      stopping.abort();
      say(child, { type: 'shutdown' });
      const cancel = clock.after(patience, () => child?.kill('SIGKILL'));
      // What kept it from starting was told by `ready`.
      await Promise.allSettled([running]);
      cancel();
    },
  };
}

const engineProgram = new URL('./main.ts', import.meta.url);

function startChild(options: SuperviseOptions, onMessage: (message: FromEngine) => void): ChildProcess {
  const child = fork(fileURLToPath(options.program ?? engineProgram), {
    env: options.environment,
    execArgv: heapLimits,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', onMessage);
  return child;
}

/** Waits for the end of the process; one that says nothing for half a minute hangs, and is killed. */
async function watch(child: ChildProcess, { clock, log }: SuperviseOptions): Promise<[number | null, string | null]> {
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  let cancel = (): void => undefined;
  const kill = (): void => {
    log.error({ engine: child.pid }, 'the engine process hangs; it is killed');
    child.kill('SIGKILL');
  };
  const heard = (): void => {
    cancel();
    cancel = clock.after(silence, kill);
  };
  heard();
  child.on('message', heard);
  try {
    return await ended;
  } finally {
    cancel();
  }
}

/** A channel that is closing is no error: the process is being replaced, and looks for itself when it starts. */
function say(child: ChildProcess | null, message: ToEngine): void {
  if (child?.connected) child.send(message, () => undefined);
}
