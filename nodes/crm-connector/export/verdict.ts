/** What becomes of one row: what would be done with it, or why it is rejected. */
import type { ExportAction } from '../../../contract/exports.ts';
import type { Cell } from '../../../contract/types.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { ownReason } from '../../kit/rejects.ts';
import { isSame } from './comparison.ts';
import type { WrittenField, WrittenObject } from './fields.ts';
import { findsById, lookupFields } from './fields.ts';
import { movedReason, movedTo } from './moved.ts';
import { olderReason } from './newest.ts';

export type Values = Record<string, Cell>;

/** A row that could be prepared, beside what the CRM has for it. */
export interface Candidate {
  key: string | null;
  values: Values;
  /** Rows of the input that have its key. */
  sameKey: number;
  /** Records that have its key: none, one, or more. */
  found: number;
  /** What the record holds, by plain field. */
  before: Values;
  /** Why it could not be read; null: it could. */
  unread: RejectReason | null;
  /** For each lookup. */
  related: { key: string | null; found: number; id: Cell }[];
}

/**
 * `told` are the values as the record will hold them, where that is not what is sent: a lookup holds the id of the record whose
 * key is sent. `changed` names the fields that get another value.
 */
export interface Planned {
  action: ExportAction;
  /** Why it is left as it is, where that is not for being the same. */
  remark?: RejectReason;
  /** The id of the record that has taken its place. */
  movedTo?: Cell;
  values: Values;
  before: Values | null;
  told: Values | null;
  changed: readonly string[];
}

export type Verdict = Planned | { reason: RejectReason; movedTo?: Cell };

export function decide(written: WrittenObject, row: Candidate): Verdict {
  const reason = sameKeyReason(written, row) ?? relatedReason(written, row);
  if (reason) return { reason };
  if (row.key === null || written.key === null) return created(written, row, 'create');
  if (row.unread) return { reason: row.unread };
  if (written.mode === 'insert')
    return row.found === 0 ? created(written, row, 'create') : { reason: keyReason(written, 'ALREADY_EXISTS') };
  if (row.found === 0)
    return written.mode === 'upsert' && !findsById(written)
      ? created(written, row, 'upsert')
      : { reason: noMatch(written, row.key) };
  if (row.found > 1) return { reason: keyReason(written, 'AMBIGUOUS_MATCH') };
  if (written.mode === 'delete') return deleted(row);
  return movedOn(written, row) ?? updated(written, row);
}

/** Whatever it holds: what counts now stands in the record that has taken its place. */
function movedOn({ details: { moved }, follows }: WrittenObject, { before }: Candidate): Verdict | null {
  const reason = movedReason(moved, before);
  if (reason === null) return null;
  const to = movedTo(moved, before);
  return follows && to !== null ? { ...left, action: 'moved', remark: reason, movedTo: to } : { reason, movedTo: to };
}

/** All that could be written into a new record, so that it could be made anew. */
function deleted({ before }: Candidate): Verdict {
  const held = Object.entries(before).filter(([, value]) => value !== null);
  return { action: 'delete', values: {}, before: Object.fromEntries(held), told: null, changed: [] };
}

const keyReason = ({ key }: WrittenObject, code: 'ALREADY_EXISTS' | 'AMBIGUOUS_MATCH' | 'DUPLICATE_KEY') =>
  ownReason(code, {}, key ? [key.mapped.field] : []);

/** Which of them should win nobody can know: all are rejected. */
const sameKeyReason = (written: WrittenObject, { sameKey }: Candidate): RejectReason | null =>
  sameKey > 1 ? keyReason(written, 'DUPLICATE_KEY') : null;

function noMatch(written: WrittenObject, key: string): RejectReason {
  const field = written.key?.mapped.field ?? '';
  const by = findsById(written) ? `the id ${key}` : `the ${written.key?.mapped.label || field} "${key}"`;
  const message = `${written.details.label} has no record with ${by}: it was deleted, never created, or the user of the connection may not see it.`;
  return { code: 'NO_MATCH', symbol: 'NO_MATCH', message, fields: [field] };
}

function relatedReason(written: WrittenObject, { related }: Candidate): RejectReason | null {
  const reasons = lookupFields(written).flatMap(({ mapped }, index) => {
    const { key = null, found = 0 } = related[index] ?? {};
    if (key === null || found === 1 || !mapped.lookup) return [];
    const { object, keyField } = mapped.lookup;
    return found > 1
      ? [ownReason('AMBIGUOUS_MATCH', {}, [mapped.field])]
      : [ownReason('RELATED_MISSING', { object, field: keyField, value: key }, [mapped.field])];
  });
  return reasons[0] ?? null;
}

/** A new record has nothing to empty: only an upsert, which may meet one that came meanwhile, says so all the same. */
function created(written: WrittenObject, row: Candidate, action: 'create' | 'upsert'): Verdict {
  const given = new Changes(written, row);
  for (const field of written.fields) {
    if (!field.creates) continue;
    for (const name of new Set([field.sentAs, field.remote.name])) {
      const value = row.values[name];
      if (value !== undefined && (value !== null || action === 'upsert')) given.add(field, { name, value });
    }
  }
  const reason = requiredReason(written, given.values);
  return reason ? { reason } : { action, before: null, ...given.made() };
}

/** What is sent, collected field by field. */
class Changes {
  readonly #written: WrittenObject;
  readonly #row: Candidate;
  readonly values: Values = {};
  readonly #told: Values = {};
  readonly #changed = new Set<string>();

  constructor(written: WrittenObject, row: Candidate) {
    this.#written = written;
    this.#row = row;
  }

  add(field: WrittenField, { name, value }: { name: string; value: Cell }): void {
    const isKeyed = name !== field.remote.name;
    this.values[name] = value;
    this.#told[field.remote.name] = isKeyed ? relatedId(this.#written, this.#row, field) : value;
    this.#changed.add(field.remote.name);
  }

  made(): Pick<Planned, 'values' | 'told' | 'changed'> {
    const isSame = Object.keys(this.values).every((name) => name in this.#told);
    return { values: this.values, told: isSame ? null : this.#told, changed: [...this.#changed] };
  }
}

const relatedId = (written: WrittenObject, { related }: Candidate, field: WrittenField): Cell =>
  related[lookupFields(written).indexOf(field)]?.id ?? null;

function requiredReason({ required, fields }: WrittenObject, values: Values): RejectReason | null {
  const missing = required.filter(({ name }) => {
    const field = fields.find(({ remote }) => remote.name === name);
    return (values[field?.sentAs ?? name] ?? null) === null;
  });
  if (missing.length === 0) return null;
  const names = missing.map(({ label, name }) => label || name).join(', ');
  return ownReason(
    'REQUIRED_MISSING',
    { fields: names },
    missing.map(({ name }) => name),
  );
}

function updated(written: WrittenObject, row: Candidate): Verdict {
  const changes = new Changes(written, row);
  const before: Values = {};
  const older = olderOf(written, row);
  for (const field of written.fields) {
    const change = field === written.key || !field.updates ? null : changeOf(written, field, row);
    if (change === null) continue;
    if (change.value === null && !field.remote.nullable && older === null)
      return {
        reason: ownReason('REQUIRED_MISSING', { fields: field.mapped.label || field.mapped.field }, [
          field.mapped.field,
        ]),
      };
    changes.add(field, change);
    before[field.remote.name] = row.before[field.remote.name] ?? null;
  }
  if (Object.keys(before).length === 0) return left;
  if (older) return { ...left, remark: older };
  addDate(written, row, changes, before);
  return { action: 'update', before, ...changes.made() };
}

/** It goes with every change, though it may be the same to the CRM: right before the row is sent it is compared once more. */
function addDate({ newer, key }: WrittenObject, row: Candidate, changes: Changes, before: Values): void {
  const name = newer?.remote.name ?? '';
  const value = row.values[name] ?? null;
  if (!newer || newer === key || value === null || name in before) return;
  changes.add(newer, { name, value });
  before[name] = row.before[name] ?? null;
}

function olderOf({ newer }: WrittenObject, { values, before }: Candidate): RejectReason | null {
  const name = newer?.remote.name ?? '';
  return olderReason(newer, values[name] ?? null, before[name] ?? null);
}

const left: Planned = { action: 'unchanged', values: {}, before: {}, told: null, changed: [] };

/** Null: the field stays as it is. A lookup is the same when its key leads to the record that is there already. */
function changeOf(written: WrittenObject, field: WrittenField, row: Candidate): { name: string; value: Cell } | null {
  const { remote, sentAs, mapped } = field;
  const held = row.before[remote.name] ?? null;
  const keyed = mapped.lookup ? row.values[sentAs] : undefined;
  if (keyed !== undefined) {
    return relatedId(written, row, field) === held ? null : { name: sentAs, value: keyed };
  }
  const value = row.values[remote.name];
  return value === undefined || isSame(remote, held, value) ? null : { name: remote.name, value };
}
