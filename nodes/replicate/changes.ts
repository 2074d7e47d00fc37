/** Change capture: the window of the field that tells of changes, then what was deleted. */
import { UserError } from '../../contract/errors.ts';
import { stampField } from './columns.ts';
import type { Outcome } from './load.ts';
import { load, sweep } from './load.ts';
import type { Replica } from './replica.ts';

export async function captureChanges(replica: Replica): Promise<Outcome> {
  const { state, plan, details } = replica;
  const field = stampField(details);
  if (!state.loaded) {
    sayFormulas(replica);
    return load(replica, plan.added.length > 0);
  }
  if (field === undefined || !details.tracksDeletions) return sweepInstead(replica, field);
  if (state.load === null && plan.added.length === 0) {
    // The window stays until all is done, so that an attempt that dies behind it reads it no second time.
    const changedUntil = await readWindow(replica, field);
    return { changedUntil, window: null, ...(await takeDeletions(replica)) };
  }
  replica.log('info', 'reads everything again, so that new columns are filled in every row.');
  await replica.move(await load(replica, plan.added.length > 0));
  return takeDeletions(replica);
}

/** Nothing tells what changed or went: everything is read and compared. */
function sweepInstead(replica: Replica, field: string | undefined): Promise<Outcome> {
  const what = field === undefined ? 'has no field that tells when a record changed' : 'does not tell what was deleted';
  replica.log('info', `${what}, so everything is read and compared.`);
  return sweep(replica);
}

function sayFormulas(replica: Replica): void {
  const formulas = replica.details.fields.filter((field) => field.calculated).map((field) => field.name);
  if (formulas.length === 0) return;
  const names =
    formulas.length > 5 ? `${formulas.slice(0, 5).join(', ')} and ${formulas.length - 5} more` : formulas.join(', ');
  replica.log('info', `changes of formulas are not captured (${names}); Reload and compare finds them.`);
}

/** Gives the end of the window. */
async function readWindow(replica: Replica, field: string): Promise<string> {
  const { client } = replica.scope;
  const window = replica.state.window ?? (await nextWindow(replica));
  if (!replica.state.window) await replica.move({ window });
  const query = { ...replica.query, window: { field, from: window.from, to: window.to } };
  const position = client.resumes(query) ? window.position : null;
  for await (const page of client.read(query, position))
    await replica.putPage(page, { window: { ...window, position: page.position } });
  return window.to;
}

/** From the position less the look-back to the CRM's now less the lag, whole seconds, never backwards. */
async function nextWindow({ scope, state }: Replica) {
  const { lookBack, lag } = scope.context.config;
  const now = Date.parse(await scope.client.serverNow());
  const reached = Date.parse(state.changedUntil ?? '1970-01-01T00:00:00Z');
  const to = Math.max(Math.floor((now - lag * 1_000) / 1_000) * 1_000, reached);
  const from = Math.max(0, reached - lookBack * 60_000);
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), position: null };
}

/**
 * A period that the CRM no longer knows completely is never passed over: everything is compared instead. The mark that it gives
 * is from before that, so that what is deleted meanwhile is told the next time.
 */
async function takeDeletions(replica: Replica): Promise<Outcome> {
  const { client } = replica.scope;
  const from = replica.state.deletedUntil;
  if (from === null && !client.deletionsByMark) return sweep(replica);
  const now = await client.serverNow();
  const found = await askDeleted(replica, from ?? now, now, replica.state.deletedMark ?? null);
  const next = found?.mark === undefined ? {} : { deletedMark: found.mark };
  const isWhole = from !== null && found !== null && (found.earliestAvailable ?? from) <= from;
  if (!isWhole || found === null || from === null) {
    if (from !== null)
      replica.log('warning', `what was deleted since ${from} is no longer known, so everything is read and compared.`);
    return { ...(await sweep(replica)), ...next };
  }
  const times = new Map(found.records.map(({ id, deletedAt }) => [id, deletedAt]));
  await replica.remove([...times.keys()], (id) => times.get(id) ?? from);
  // ISO texts are in the order of time.
  return { deletedUntil: [found.coveredUntil, from].sort()[1] ?? from, ...next };
}

const lost = new Set(['DELETED_NOT_KEPT', 'DELETED_TOO_MANY']);

async function askDeleted({ scope, details }: Replica, from: string, to: string, mark: string | null) {
  try {
    return await scope.client.deleted(details.name, from, to, mark);
  } catch (error) {
    if (error instanceof UserError && lost.has(error.code)) return null;
    throw error;
  }
}
