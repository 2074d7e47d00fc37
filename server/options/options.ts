/** Named, typed values of the instance, with the history of every change. Import dates (LASTIMPORT_…) are cursors. */
import type { ErrorCode, ErrorDetails } from '../../contract/errors.ts';
import { UserError } from '../../contract/errors.ts';
import { optionNamePattern, parseCursor } from '../../contract/run.ts';
import type { OptionChangeRow, OptionRow, PendingEffectRow } from '../db/rows.ts';
import type { Db, Tx } from '../db/transaction.ts';

export interface Option {
  name: string;
  value: string;
  isCursor: boolean;
  updatedAt: string;
  updatedBy: string;
}
export interface OptionChange {
  at: string;
  by: string;
  runId: string | null;
  old: string | null;
  new: string | null;
}

export interface OptionWrite {
  name: string;
  value: string;
  /** User, token or workflow. */
  by: string;
  runId: string | null;
  /** ISO. */
  at: string;
  /** Refused (OPTION_MOVED) unless the option still holds this; null: it must not exist. Left out: whatever it holds. */
  expected?: string | null | undefined;
  /** A cursor may not go back in time (OPTION_BACKWARDS). Left out: true for a run, false for a person. */
  forwardOnly?: boolean | undefined;
}
export type OptionResult =
  | { ok: true; old: string | null; changed: boolean }
  | {
      ok: false;
      code: Extract<ErrorCode, `OPTION_${'NAME_INVALID' | 'MALFORMED' | 'MOVED' | 'BACKWARDS'}`>;
      details: ErrorDetails;
    };

const cursorPrefix = 'LASTIMPORT_';
/** The CRM's clock counts, not ours: only what no difference of clocks explains is refused when a person writes it. */
const farAheadMs = 24 * 3_600_000;

export async function listOptions(db: Db): Promise<Option[]> {
  const rows: OptionRow[] = await db('options').orderBy('name');
  return rows.map(toOption);
}

export async function readOption(db: Db, name: string): Promise<Option | null> {
  const row: OptionRow | undefined = await db('options').where({ name }).first();
  return row ? toOption(row) : null;
}

/** Newest first. */
export async function listOptionChanges(db: Db, name: string, limit = 200): Promise<OptionChange[]> {
  const rows: OptionChangeRow[] = await db('option_changes').where({ name }).orderBy('id', 'desc').limit(limit);
  return rows.map((row) => ({ at: row.at, by: row.by, runId: row.run_id, old: row.old, new: row.new }));
}

/** All options as a run sees them: what its ended tasks want to set when it ends well counts already. */
export async function readRunOptions(db: Db, runId: string): Promise<Record<string, string>> {
  const rows: OptionRow[] = await db('options').select('name', 'value');
  const pending: PendingEffectRow[] = await db('pending_effects').where({ run_id: runId }).orderBy('id');
  const options = Object.fromEntries(rows.map((row) => [row.name, row.value]));
  for (const row of pending) {
    const effect = JSON.parse(row.effect) as { name: string; value: string };
    options[effect.name] = effect.value;
  }
  return options;
}

/** Sets an option and records the change. A refusal changes nothing and comes back as a value: what to do with it is the caller's. */
export async function setOption(tx: Tx, write: OptionWrite): Promise<OptionResult> {
  const found: OptionRow | undefined = await tx('options').where({ name: write.name }).first();
  const isCursor = Boolean(found?.is_cursor) || write.forwardOnly === true || write.name.startsWith(cursorPrefix);
  const refusal = refuse(write, found?.value ?? null, isCursor);
  if (refusal) return refusal;
  const old = found?.value ?? null;
  if (old === write.value) return { ok: true, old, changed: false };
  await tx('options')
    .insert({
      name: write.name,
      value: write.value,
      is_cursor: isCursor,
      updated_at: write.at,
      updated_by: write.by,
    })
    .onConflict('name')
    .merge();
  await recordChange(tx, write, old, write.value);
  return { ok: true, old, changed: true };
}

/** What a person does: refusals are errors (OPTION_MALFORMED, OPTION_AHEAD, OPTION_NAME_INVALID, or CONFLICT when `expected` does not hold). */
export async function changeOption(tx: Tx, write: OptionWrite): Promise<Option> {
  const result = await setOption(tx, write);
  if (!result.ok && result.code === 'OPTION_MOVED')
    throw new UserError('CONFLICT', { what: `The option ${write.name}` });
  if (!result.ok) throw new UserError(result.code, result.details);
  const option = await readOption(tx, write.name);
  if (option?.isCursor) refuseAhead(write);
  if (!option) throw new Error(`The option ${write.name} is gone within its own transaction.`);
  return option;
}

/** Gives the value it had. Throws UserError NOT_FOUND. */
export async function deleteOption(
  tx: Tx,
  change: { name: string; by: string; runId: string | null; at: string },
): Promise<string> {
  const found: OptionRow | undefined = await tx('options').where({ name: change.name }).first();
  if (!found) throw new UserError('NOT_FOUND', { what: `The option ${change.name}` });
  await tx('options').where({ name: change.name }).delete();
  await recordChange(tx, change, found.value, null);
  return found.value;
}

/**
 * Gives an option's value to a name that no option has, and deletes the old one unless it is kept: both or nothing.
 * Throws UserError NOT_FOUND, or CONFLICT when there is one of that name.
 */
export async function moveOption(
  tx: Tx,
  move: { name: string; to: string; keep: boolean; by: string; at: string },
): Promise<Option> {
  const { name, to, by, at } = move;
  const found = await readOption(tx, name);
  if (!found) throw new UserError('NOT_FOUND', { what: `The option ${name}` });
  const option = await changeOption(tx, { name: to, value: found.value, by, runId: null, at, expected: null });
  if (!move.keep) await deleteOption(tx, { name, by, runId: null, at });
  return option;
}

function refuse(write: OptionWrite, found: string | null, isCursor: boolean): OptionResult | null {
  const { name: option, value } = write;
  if (!optionNamePattern.test(option)) return { ok: false, code: 'OPTION_NAME_INVALID', details: { option } };
  if (found === value) return null;
  const next = isCursor ? parseCursor(value) : null;
  if (isCursor && !next) return { ok: false, code: 'OPTION_MALFORMED', details: { option, value } };
  if (write.expected !== undefined && write.expected !== found) {
    const details = { option, read: write.expected ?? 'nothing', found: found ?? 'nothing' };
    return { ok: false, code: 'OPTION_MOVED', details };
  }
  const before = found === null ? null : parseCursor(found);
  const forwardOnly = write.forwardOnly ?? write.runId !== null;
  if (!forwardOnly || !next || !before || next >= before) return null;
  return { ok: false, code: 'OPTION_BACKWARDS', details: { option, found, value } };
}

/** Thrown within the transaction, which takes the change back. */
function refuseAhead({ name: option, value, at }: OptionWrite): void {
  const instant = parseCursor(value)?.getTime() ?? 0;
  if (instant > Date.parse(at) + farAheadMs) throw new UserError('OPTION_AHEAD', { option, value });
}

async function recordChange(
  tx: Tx,
  change: { name: string; by: string; runId: string | null; at: string },
  old: string | null,
  next: string | null,
): Promise<void> {
  await tx('option_changes').insert({
    name: change.name,
    at: change.at,
    by: change.by,
    run_id: change.runId,
    old,
    new: next,
  });
}

function toOption(row: OptionRow): Option {
  return {
    name: row.name,
    value: row.value,
    isCursor: Boolean(row.is_cursor),
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}
