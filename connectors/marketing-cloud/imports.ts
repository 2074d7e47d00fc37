/** Files that Marketing Cloud imports: one definition for each name, corrected before it is started. */
import { createHash } from 'node:crypto';
import type { DataExtension, ImportOrder, ImportResult } from '../../contract/dataExtension.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { Json } from '../../contract/types.ts';
import { notUnderstood } from '../kit/faults.ts';
import { pause } from '../kit/repeat.ts';
import type { Session } from './session.ts';
import { perform, retrieve } from './soap.ts';
import { type Element, textOf } from './xml.ts';

/** Milliseconds before a task is asked for again while it is worked on; then others may have the time. */
const patience = [100, 300, 1_000, 2_000];
/** Numbers that the interface has for what it is told. */
const dataExtension = 310;
const updateTypes = { addAndUpdate: 0, updateOnly: 2 };
const failsWhenBlank = 0;

/** What an import is called while it goes on; `Unknown`, and what is not documented, tells nothing. */
const working = new Set(['New', 'Processing', 'IOWork', 'Queued']);
/** Hours after which an import that has not ended is not waited for any more: it hangs. */
const longest = 24;
/** What a start is refused with while another one goes on; no list of the sentences is published. */
const busy = /already|running|in progress|queued|in use/i;

export async function startImport(session: Session, extension: DataExtension, order: ImportOrder): Promise<string> {
  const key = keyOf(order.name);
  const wanted = await definitionOf(session, extension, order);
  await demandNoneUnderWay(session, key, order);
  await putDefinition(session, key, wanted);
  const started = await perform(session, 'ImportDefinition', key);
  if ('reason' in started) {
    const { reason } = started;
    if (busy.test(reason)) throw new RetryLater('IMPORT_BUSY', { name: order.name, reason });
    throw new UserError('IMPORT_REFUSED', { name: order.name, reason });
  }
  await demandOwnFile(session, key, order);
  return started.task;
}

/** One that is refused may be there all the same: the answer to an earlier request was lost, or another task was first. */
async function putDefinition(session: Session, key: string, wanted: Record<string, Json>): Promise<void> {
  const correct = (id: string) => session.rest('PATCH', `automation/v1/imports/${encodeURIComponent(id)}`, wanted);
  const known = await definitionId(session, key);
  if (known !== '') {
    await correct(known);
    return;
  }
  try {
    await session.rest('POST', 'automation/v1/imports', { ...wanted, customerKey: key });
  } catch (error) {
    const made = error instanceof UserError ? await definitionId(session, key) : '';
    if (made === '') throw error;
    await correct(made);
  }
}

const definitionId = (session: Session, key: string): Promise<string> =>
  first(session, 'ImportDefinition', 'ObjectID', { property: 'CustomerKey', values: [key] });

/** The definition says which file is taken when an import begins, not when it is started: none that waits may be given ours. */
async function demandNoneUnderWay(session: Session, key: string, { name }: ImportOrder): Promise<void> {
  const filter = { property: 'ImportDefinitionCustomerKey', values: [key] };
  const latest = session.host.clock.now().getTime() - longest * 3_600_000;
  for await (const page of retrieve(session, 'ImportResultsSummary', ['ImportStatus', 'StartDate'], filter))
    for (const summary of page) {
      const word = textOf(summary, 'ImportStatus');
      // One that has no date yet has not begun.
      if (working.has(word) && !(startedAt(summary) <= latest))
        throw new RetryLater('IMPORT_BUSY', { name, reason: `it is "${word}"` });
    }
}

/** The servers' clock is six hours behind UTC, all year. */
const startedAt = (summary: Element): number => {
  const text = textOf(summary, 'StartDate');
  return Date.parse(/Z|[+-]\d{2}:\d{2}$/.test(text) ? text : `${text}Z`) + 6 * 3_600_000;
};

/**
 * Tasks share a definition: one that corrects it between our correction and our start has its file imported in place of ours,
 * and the totals of both may be the same. Rejects with RetryLater IMPORT_CROSSED.
 */
async function demandOwnFile(session: Session, key: string, { name, file }: ImportOrder): Promise<void> {
  const held = await first(session, 'ImportDefinition', 'FileSpec', { property: 'CustomerKey', values: [key] });
  if (held !== file) throw new RetryLater('IMPORT_CROSSED', { name });
}

export async function importResult(session: Session, task: string): Promise<ImportResult> {
  for (const wait of patience) {
    const result = await readResult(session, task);
    if (result.state === 'completed' || result.state === 'failed') return result;
    await pause(wait, session.host.signal);
  }
  return readResult(session, task);
}

async function readResult(session: Session, task: string): Promise<ImportResult> {
  const properties = ['ImportStatus', 'TotalRows', 'NumberSuccessful'];
  const filter = { property: 'TaskResultID', values: [task] };
  const [summary] = await find(session, 'ImportResultsSummary', properties, filter);
  const word = textOf(summary, 'ImportStatus');
  const count = (name: string): number => Number(textOf(summary, name) || '0');
  return { state: stateOf(word), word, rows: count('TotalRows'), successful: count('NumberSuccessful') };
}

function stateOf(word: string): ImportResult['state'] {
  if (word === 'Completed') return 'completed';
  if (word === 'Error') return 'failed';
  return working.has(word) ? 'working' : 'untold';
}

async function definitionOf(
  session: Session,
  extension: DataExtension,
  order: ImportOrder,
): Promise<Record<string, Json>> {
  const { key } = extension;
  const destination = await first(session, 'DataExtension', 'ObjectID', { property: 'CustomerKey', values: [key] });
  if (destination === '') throw new UserError('EXTENSION_UNKNOWN', { key });
  return {
    name: order.name,
    description: `Files of Syncline for ${extension.name}`,
    destinationObjectTypeId: dataExtension,
    destinationObjectId: destination,
    subscriberImportTypeId: 255,
    fileTransferLocationId: await locationId(session, order.location),
    fileNamingPattern: order.file,
    fileType: 'CSV',
    encodingName: 'utf-8',
    dateFormatLocale: 'en-US',
    fieldMappingType: 'InferFromColumnHeadings',
    hasColumnHeader: true,
    standardQuotedStrings: true,
    // A row that is wrong is missed afterwards, and told; the others are not to wait for it.
    allowErrors: true,
    updateTypeId: order.adds ? updateTypes.addAndUpdate : updateTypes.updateOnly,
    blankFileProcessingType: failsWhenBlank,
  };
}

async function locationId(session: Session, location: string): Promise<string> {
  const { items } = await session.rest('GET', 'automation/v1/ftplocations?$pagesize=500');
  const known = Array.isArray(items) ? (items as Record<string, unknown>[]) : [];
  const found = known.find(({ name }) => String(name).toLowerCase() === location.toLowerCase());
  if (found === undefined) throw new UserError('LOCATION_UNKNOWN', { location });
  return String(found.id);
}

/** A key has at most 36 characters. */
const keyOf = (name: string): string => `syncline-${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;

/** One property of the first object; empty where there is none. */
async function first(
  session: Session,
  type: string,
  property: string,
  filter: { property: string; values: string[] },
): Promise<string> {
  return textOf((await find(session, type, [property], filter))[0], property);
}

async function find(...asked: Parameters<typeof retrieve>): Promise<Element[]> {
  const { value } = await retrieve(...asked).next();
  if (value === undefined) throw notUnderstood('an answer without objects').giveUp;
  return value;
}
