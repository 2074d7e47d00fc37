/** `serve`: the web process. It answers requests, and watches over the engine process and the demo organisations. */
import { isIPv6 } from 'node:net';
import { fileURLToPath } from 'node:url';
import { UserError } from '../contract/errors.ts';
import { createStartLink } from './access/links.ts';
import type { Config } from './config.ts';
import { systemClock, waitFor } from './db/clock.ts';
import { openControl } from './db/control.ts';
import { lockFolder } from './db/folderLock.ts';
import { runDemo } from './demo/run.ts';
import { loadCatalog } from './engine/catalog.ts';
import { superviseEngine } from './engine/supervise.ts';
import { createApp } from './http/app.ts';
import { changeBy } from './http/change.ts';
import { listen } from './http/listen.ts';
import type { Instance } from './instance.ts';
import { createLog } from './log.ts';
import { openInstance } from './openInstance.ts';
import { openStores } from './tables/stores.ts';

export interface Serving {
  /** Where people find it. */
  url: string;
  /** Signs an admin in, once; null when somebody can sign in by password. */
  signInLink: string | null;
  /** Lets requests under way end, then stops the engine and everything else. */
  stop(): Promise<void>;
}

const editorFolder = fileURLToPath(new URL('../dist/editor/', import.meta.url));
const starter = { kind: 'system', name: 'start', role: 'admin' } as const;

/** Throws UserError DATA_FOLDER_READ_ONLY, DATA_FOLDER_BUSY, PORT_TAKEN or CONFIG_INVALID; then nothing is left running. */
export async function serve(config: Config, log = createLog(config.logLevel)): Promise<Serving> {
  await using started = new AsyncDisposableStack();
  const clock = systemClock;
  await requireFreeFolder(config.data);
  const db = await openControl(config.data, { clock });
  started.defer(() => db.destroy());
  const stores = openStores({ folder: config.data, mode: 'read' });
  started.defer(() => stores.close());
  const catalog = await loadCatalog();
  const engine = createEngineLink();
  const instance = await openInstance({ config, clock, log, db, stores, catalog, engine });
  started.defer(() => instance.close());
  const closing = new AbortController();
  const app = createApp(instance, { editor: editorFolder, closing: () => closing.signal.aborted });
  const listening = await listen(app, config);
  started.defer(() => listening.close());
  if (config.demo) started.use(await runDemo(instance));
  started.use(engine.connect(instance));
  const url = config.publicUrl?.replace(/\/$/, '') ?? addressOf(config.host, listening.port);
  const token = await changeBy(instance, starter, (change) => createStartLink(change, config.demo));
  const running = started.move();
  return {
    url,
    signInLink: token === null ? null : `${url}/sign-in#token=${token}`,
    async stop() {
      closing.abort();
      instance.streams.close();
      await listening.close();
      await running.disposeAsync();
    },
  };
}
