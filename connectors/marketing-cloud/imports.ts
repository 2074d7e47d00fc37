/** Files that Marketing Cloud imports: each is started once, and asked for until it has ended. */
import type { DataExtension, ImportOrder, ImportResult } from '../../contract/dataExtension.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { SendLimit } from '../../contract/write.ts';
import { pause, repeat } from '../kit/repeat.ts';
import { definitionOf, findDefinition, keyOf, putDefinition } from './importDefinition.ts';
import type { Session } from './session.ts';
import { perform, retrieve, retrieveFirst } from './soap.ts';
import { type Element, textOf } from './xml.ts';

/** Milliseconds before a task is asked for again while it is worked on; then others may have the time. */
const patience = [100, 300, 1_000, 2_000];
/** What an import is called while it goes on; `Unknown`, and what is not documented, tells nothing. */
const working = new Set(['New', 'Processing', 'IOWork', 'Queued']);
/** Hours after which an import that has not ended is not waited for any more: it hangs. */
const longest = 24;
/** What a start is refused with while another one goes on; no list of the sentences is published. */
const busy = /already|running|in progress|queued|in use/i;

export async function startImport(
  session: Session,
  extension: DataExtension,
  order: ImportOrder,
  limit?: SendLimit,
): Promise<string> {
  const key = keyOf(order.name);
  const wanted = await definitionOf(session, extension, order);
  const own = await findOwn(session, key, order);
  if (own !== null) return own;
  await demandNoneUnderWay(session, key, order);
  await putDefinition(session, key, wanted, limit);
  const started = await startOnce(session, key, order, limit);
  if ('reason' in started) {
    const { reason } = started;
    if (busy.test(reason)) throw new RetryLater('IMPORT_BUSY', { name: order.name, reason });
    throw new UserError('IMPORT_REFUSED', { name: order.name, reason });
  }
  await demandOwnFile(session, key, order);
  return started.task;
}

/** Where the answer to a start was lost, what it has started is looked for before another start. */
function startOnce(
  session: Session,
  key: string,
  order: ImportOrder,
  limit: SendLimit | undefined,
): ReturnType<typeof perform> {
  let isAsked = false;
  return repeat(session.host, async () => {
    const own = isAsked ? await findOwn(session, key, order) : null;
    isAsked = true;
    return own === null ? perform(session, { type: 'ImportDefinition', key }, limit) : { task: own };
  });
}

/**
 * The import of this very file that somebody of ours has started, and of which nobody heard: it began behind the instant at which
 * the definition was given the file, and nobody has given it another since. Both instants are by the servers' clock. null: there
 * is none, or it failed.
 */
async function findOwn(session: Session, key: string, { file }: ImportOrder): Promise<string | null> {
  const given = await givenAt(session, key, file);
  if (given === null) return null;
  let own: string | null = null;
  for await (const summary of summariesOf(session, key)) {
    const word = textOf(summary, 'ImportStatus');
    const isGood = word === 'Completed' || (working.has(word) && !hangs(session, summary));
    if (isGood && startedAt(summary) >= given) own = textOf(summary, 'TaskResultID') || null;
  }
  return own;
}

/** When the definition was given the file that it has; null: it has another one, or does not say when. */
async function givenAt(session: Session, key: string, file: string): Promise<number | null> {
  try {
    const held = await findDefinition(session, key, ['FileSpec', 'ModifiedDate']);
    return textOf(held, 'FileSpec') === file ? instantOf(textOf(held, 'ModifiedDate')) : null;
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'REMOTE_REFUSED') throw error;
    session.host.log('warning', `An import that was started before may be started again: ${error.message}`);
    return null;
  }
}

/** The definition says which file is taken when an import begins, not when it is started: none that waits may be given ours. */
async function demandNoneUnderWay(session: Session, key: string, { name }: ImportOrder): Promise<void> {
  for await (const summary of summariesOf(session, key)) {
    const word = textOf(summary, 'ImportStatus');
    if (working.has(word) && !hangs(session, summary))
      throw new RetryLater('IMPORT_BUSY', { name, reason: `it is "${word}"` });
  }
}

/** Of all imports by the definition. */
async function* summariesOf(session: Session, key: string): AsyncGenerator<Element> {
  const filter = { property: 'ImportDefinitionCustomerKey', values: [key] };
  const properties = ['ImportStatus', 'StartDate', 'TaskResultID'];
  for await (const page of retrieve(session, 'ImportResultsSummary', properties, filter)) yield* page;
}

/** One that has no date yet has not begun. */
function hangs({ host }: Session, summary: Element): boolean {
  return startedAt(summary) <= host.clock.now().getTime() - longest * 3_600_000;
}

const startedAt = (summary: Element): number => instantOf(textOf(summary, 'StartDate'));

/** Without a zone it is by the servers' clock, which is six hours behind UTC, all year. */
const instantOf = (text: string): number =>
  /Z$|[+-]\d{2}:\d{2}$/.test(text) ? Date.parse(text) : Date.parse(`${text}Z`) + 6 * 3_600_000;

/**
 * Tasks share a definition: one that corrects it between our correction and our start has its file imported in place of ours,
 * and the totals of both may be the same. Rejects with RetryLater IMPORT_CROSSED.
 */
async function demandOwnFile(session: Session, key: string, { name, file }: ImportOrder): Promise<void> {
  const held = await findDefinition(session, key, ['FileSpec']);
  if (textOf(held, 'FileSpec') !== file) throw new RetryLater('IMPORT_CROSSED', { name });
}

export async function importResult(session: Session, task: string): Promise<ImportResult> {
  for (const wait of patience) {
    const result = await readResult(session, task);
    // A word that tells nothing does not change within seconds.
    const isOver = result.state === 'completed' || result.state === 'failed';
    if (isOver || (result.state === 'untold' && result.word !== '')) return result;
    await pause(wait, session.host.signal);
  }
  return readResult(session, task);
}

async function readResult(session: Session, task: string): Promise<ImportResult> {
  const properties = ['ImportStatus', 'TotalRows', 'NumberSuccessful'];
  const filter = { property: 'TaskResultID', values: [task] };
  const summary = await retrieveFirst(session, 'ImportResultsSummary', properties, filter);
  const word = textOf(summary, 'ImportStatus');
  const count = (name: string): number => Number(textOf(summary, name) || '0');
  return { state: stateOf(word), word, rows: count('TotalRows'), successful: count('NumberSuccessful') };
}

function stateOf(word: string): ImportResult['state'] {
  if (word === 'Completed') return 'completed';
  if (word === 'Error') return 'failed';
  return working.has(word) ? 'working' : 'untold';
}
