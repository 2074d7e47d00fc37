/** `serve`: the web process. It answers requests, and watches over the engine process and the demo organisations. */
import { isIPv6 } from 'node:net';
import { fileURLToPath } from 'node:url';
import { UserError } from '../contract/errors.ts';
import type { Actor } from './access/actor.ts';
import { createStartLink } from './access/links.ts';
import type { Config } from './config.ts';
import { childEnvironment } from './config.ts';
import type { Clock } from './db/clock.ts';
import { systemClock, waitFor } from './db/clock.ts';
import { lockFolder } from './db/folderLock.ts';
import { listenForNotices } from './db/notices.ts';
import { makeFolder } from './db/sqlite.ts';
import { runDemo } from './demo/run.ts';
import type { Catalog } from './engine/catalog.ts';
import { loadCatalog } from './engine/catalog.ts';
import type { EngineProcess } from './engine/supervise.ts';
import { superviseEngine } from './engine/supervise.ts';
import { createApp } from './http/app.ts';
import { changeBy } from './http/change.ts';
import { listen } from './http/listen.ts';
import type { Instance } from './instance.ts';
import type { Log } from './log.ts';
import { createLog } from './log.ts';
import { openControlOf, openStoresOf } from './openData.ts';
import { openInstance } from './openInstance.ts';

export interface Serving {
  /** Where people find it. */
  url: string;
  /** Signs an admin in, once; null when somebody can sign in by password. */
  signInLink: string | null;
  /** Rejects when the engine can never start: something a person has to mend. */
  broken: Promise<never>;
  /** Lets requests under way end, then stops the engine and everything else. */
  stop(): Promise<void>;
}

/** Left out: everything as in `syncline serve`. */
export interface ServeOptions {
  log?: Log;
  /** Of this process. Its engine has the one that `engineProgram` gives it. */
  clock?: Clock;
  catalog?: Catalog;
  engineProgram?: URL;
}

type Chosen = Omit<Required<ServeOptions>, 'engineProgram'> & Pick<ServeOptions, 'engineProgram'>;

const editorFolder = fileURLToPath(new URL('../dist/editor/', import.meta.url));
const starter: Actor = { kind: 'system', name: 'start', role: 'admin' };

/**
 * Opens the stores, listens, then starts what works behind. Throws UserError DATA_FOLDER_READ_ONLY, DATA_FOLDER_BUSY,
 * DATABASE_UNREACHABLE, PORT_TAKEN or CONFIG_INVALID; nothing is left running then.
 */
export async function serve(config: Config, options: ServeOptions = {}): Promise<Serving> {
  const { log = createLog(config.logLevel), clock = systemClock, catalog = await loadCatalog(), ...rest } = options;
  await using started = new AsyncDisposableStack();
  if (config.databaseUrl === undefined && config.engine) await requireFreeFolder(config.data);
  const { instance, engine } = await openParts(config, { log, clock, catalog, ...rest }, started);
  const closing = new AbortController();
  const app = createApp(instance, { editor: editorFolder, closing: () => closing.signal.aborted });
  const listening = await listen(app, config);
  started.defer(() => listening.close());
  if (config.demo) started.use(await runDemo(instance));
  const child = config.engine ? engine.start(instance) : null;
  started.defer(async () => child?.stop());
  const url = config.publicUrl?.replace(/\/$/, '') ?? addressOf(config.host, listening.port);
  const token = await changeBy(instance, starter, (change) => createStartLink(change, config.demo));
  const broken = (child?.ready ?? Promise.resolve()).then(() => new Promise<never>(() => undefined));
  // Whoever waits for it hears of it; nobody has to.
  broken.catch((error: unknown) => log.error({ err: error }, 'the engine cannot start'));
  const running = started.move();
  return {
    url,
    signInLink: token === null ? null : `${url}/sign-in#token=${token}`,
    broken,
    async stop() {
      closing.abort();
      instance.streams.close();
      await listening.close();
      await running.disposeAsync();
    },
  };
}

async function openParts(config: Config, { engineProgram, ...given }: Chosen, started: AsyncDisposableStack) {
  await makeFolder(config.data);
  const db = await openControlOf(config, given.clock);
  started.defer(() => db.destroy());
  const stores = openStoresOf(config, 'read');
  started.defer(() => stores.close());
  const engine = engineLink(config, given.log, engineProgram);
  const instance = await openInstance({ config, ...given, db, stores, engine });
  started.defer(() => instance.close());
  if (config.databaseUrl !== undefined) started.defer(hearWorkers(config.databaseUrl, instance));
  return { instance, engine };
}

/** Requests may nudge before there is an engine: it looks for itself when it starts. */
function engineLink(config: Config, log: Log, program: URL | undefined) {
  let running: EngineProcess | null = null;
  return {
    nudge: () => running?.nudge(),
    start({ feed }: Instance): EngineProcess {
      running = superviseEngine({
        environment: childEnvironment(config),
        // Whether a process lives is asked in its own time.
        clock: systemClock,
        log,
        ...(program ? { program } : {}),
        onEvents: (runId) => {
          feed.wake(runId);
          feed.publish('runs');
        },
      });
      return running;
    },
  };
}

/** What workers write, wherever they are, is heard at once; without it, within half a second. Gives its end. */
function hearWorkers(place: string, { feed, clock, log }: Instance): () => Promise<void> {
  const listening = listenForNotices(place, {
    clock,
    onNotice(notice) {
      if (notice.type === 'task') return;
      feed.wake(notice.type === 'run' ? notice.runId : null);
      feed.publish('runs');
    },
    onError: (error) => log.warn({ err: error }, 'the connection for notices is made again'),
  });
  return () => listening.close();
}

const patienceMs = 3_000;
const pauseMs = 100;

/** An engine whose server was killed needs a moment to notice; only one that stays is somebody else's. */
async function requireFreeFolder(folder: string): Promise<void> {
  const until = systemClock.now().getTime() + patienceMs;
  for (;;) {
    try {
      const lock = await lockFolder(folder);
      return await lock.release();
    } catch (error) {
      const busy = error instanceof UserError && error.code === 'DATA_FOLDER_BUSY';
      if (!busy || systemClock.now().getTime() >= until) throw error;
      await waitFor(systemClock, pauseMs);
    }
  }
}

/** An address that a browser on this machine can open. */
function addressOf(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : isIPv6(host) ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
