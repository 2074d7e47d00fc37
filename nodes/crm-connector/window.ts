/** The automatic index: from where to where an incremental import reads, and what it tells those downstream. */
import type { CrmClient, RemoteObjectDetails } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Effect } from '../../contract/run.ts';
import { formatCursor, optionNamePattern, parseCursor } from '../../contract/run.ts';
import type { Column } from '../../contract/types.ts';
import type { NodeContext } from '../kit/run.ts';
import type { CrmConfig } from './config.ts';

/** How far an import has come, and will have come when it is over. */
export interface ImportCursor {
  optionName: string;
  /** The option's text as it was read; null: there is none, so everything is imported. */
  optionValue: string | null;
  /** ISO. */
  end: string;
}

export interface ImportWindow extends ImportCursor {
  field: string;
  /** Start of what is read: the cursor less the look-back. ISO; null: from the beginning. */
  from: string | null;
  /** The cursor itself. ISO; null as above. */
  cursor: string | null;
  /** End of what is read, excluded: the CRM's now less the lag, whole seconds, never before the cursor. */
  end: string;
}

export async function importWindow(
  context: NodeContext<CrmConfig>,
  client: CrmClient,
  details: RemoteObjectDetails,
): Promise<ImportWindow> {
  const { index } = context.config;
  const optionName = cursorName(index.optionName);
  const optionValue = await context.option(optionName);
  const field = indexField(context.config, details);
  const now = new Date(await client.serverNow());
  const cursor = optionValue === null ? null : readCursor(optionName, optionValue, now);
  const reach = Math.floor((now.getTime() - index.lag * 1_000) / 1_000) * 1_000;
  const end = Math.max(await firstReach(context, reach), cursor?.getTime() ?? 0);
  const from = cursor === null ? null : new Date(cursor.getTime() - index.lookBack * 60_000);
  return {
    optionName,
    optionValue,
    field,
    from: from?.toISOString() ?? null,
    cursor: cursor?.toISOString() ?? null,
    end: new Date(end).toISOString(),
  };
}

const endColumn: Column = { name: 'end', label: 'end', type: 'text' };

/**
 * How far the first attempt has reached, in milliseconds: a later one goes on with what that has begun to read, perhaps by a
 * query that the CRM answers as it was asked, and would move the date past what nobody has read.
 */
async function firstReach(context: NodeContext<CrmConfig>, reach: number): Promise<number> {
  const writer = await context.writer({ columns: [endColumn], name: 'window', resume: true });
  const first = writer.position;
  if (first === null) await writer.append([], { position: reach });
  await writer.finish();
  return typeof first === 'number' ? first : reach;
}

/** Of an import by change tracking the date says when it began: what is read is told by the mark that is kept with it. */
export async function trackedCursor(context: NodeContext<CrmConfig>, client: CrmClient): Promise<ImportCursor> {
  const optionName = cursorName(context.config.index.optionName);
  const optionValue = await context.option(optionName);
  const now = new Date(await client.serverNow());
  const cursor = optionValue === null ? null : readCursor(optionName, optionValue, now);
  const end = Math.max(await firstReach(context, now.getTime()), cursor?.getTime() ?? 0);
  return { optionName, optionValue, end: new Date(end).toISOString() };
}

/** A later attempt counts from the beginning of the run: the first has read by its time. */
export async function beganAt(context: NodeContext<CrmConfig>, client: CrmClient): Promise<string> {
  const underWay = context.clock.now().getTime() - Date.parse(context.run.startedAt);
  return new Date(Date.parse(await client.serverNow()) - Math.max(0, underWay) - minute).toISOString();
}

const minute = 60_000;

/** Of an import by comparison the date says when it was made; nothing is read by it. */
export async function comparedCursor(context: NodeContext<CrmConfig>, client: CrmClient): Promise<ImportCursor> {
  const optionName = cursorName(context.config.index.optionName);
  const optionValue = await context.option(optionName);
  const now = new Date(await client.serverNow());
  if (optionValue !== null) readCursor(optionName, optionValue, now);
  return { optionName, optionValue, end: now.toISOString() };
}

/** By the rendered text. Throws UserError OPTION_NAME_INVALID: no date could be kept under it when everything has been read. */
export function cursorName(text: string): string {
  const option = text.trim();
  if (!optionNamePattern.test(option)) throw new UserError('OPTION_NAME_INVALID', { option: option.slice(0, 300) });
  return option;
}

/** Throws UserError OPTION_MALFORMED or OPTION_IN_FUTURE. */
export function readCursor(option: string, value: string, now: Date): Date {
  const cursor = parseCursor(value);
  if (cursor === null) throw new UserError('OPTION_MALFORMED', { option, value });
  if (cursor.getTime() > now.getTime()) throw new UserError('OPTION_IN_FUTURE', { option, value });
  return cursor;
}

function indexField(config: CrmConfig, details: RemoteObjectDetails): string {
  const named = config.index.indexField;
  if (named === '') {
    const first = details.indexFields[0];
    if (first === undefined) throw new UserError('NO_INDEX_FIELD', { object: details.name });
    return first;
  }
  const field = details.fields.find((candidate) => candidate.name.toLowerCase() === named.toLowerCase());
  if (!field) throw new UserError('FIELD_UNKNOWN', { field: named, object: details.name });
  if (field.type !== 'datetime' || !field.filterable || !field.sortable)
    throw new UserError('FIELD_NOT_FILTERABLE', { field: named });
  return field.name;
}

/** Adobe's three variables: start included, end excluded. */
export function windowVars(window: ImportCursor): Record<string, string> {
  return {
    crmOptionName: window.optionName,
    crmStartImport: window.optionValue ?? '',
    crmEndDate: formatCursor(new Date(window.end)),
  };
}

/** The move of the option to the end of what was read, unless a script does it. */
export function advance({ index }: Pick<CrmConfig, 'index'>, { optionName, optionValue, end }: ImportCursor): Effect[] {
  if (index.advance === 'inCode') return [];
  const value = formatCursor(new Date(end));
  return [{ type: 'setOption', name: optionName, value, expected: optionValue, forwardOnly: true, atEnd: true }];
}
