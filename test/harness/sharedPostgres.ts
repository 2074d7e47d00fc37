/** One PostgreSQL for all files of a run of Vitest. Each that started its own would take two seconds for it. */
import { prepareServer } from './database.ts';
import { startPostgres } from './postgres.ts';

/** For suites that say they need it; a file that runs alone starts one when it is first asked for. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.SYNCLINE_TEST_POSTGRES !== 'shared') return undefined;
  const server = await startPostgres();
  await prepareServer(server.url);
  // What the processes of the files inherit.
  process.env.SYNCLINE_TEST_POSTGRES = server.url;
  return () => server.stop();
}
