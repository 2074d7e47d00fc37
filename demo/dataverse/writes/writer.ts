import { randomUUID } from 'node:crypto';
import type { Call } from '../call.ts';
import { badRequest, ODataError } from '../errors.ts';
import type { Org } from '../org.ts';
import { newRow, type Row, type Table } from '../store/table.ts';
import type { Value } from '../tables/column.ts';
import type { TableDefinition } from '../tables/table.ts';

type Values = Record<string, Value>;

/** How a write is stamped, and what of the usual is left out. */
export interface Options {
  /** Seconds since 1970; left out: now. */
  stamp?: number;
  /** Rows that look alike are refused. */
  detectsDuplicates?: boolean;
}

export const optionsOf = ({ headers }: Call): Options => ({
  detectsDuplicates: headers['mscrm.suppressduplicatedetection']?.toLowerCase() === 'false',
});

/** Makes a row. Throws what Dataverse says of one that it does not take. */
export function createRow(org: Org, table: Table, given: Values, id: string | null, options: Options = {}): Row {
  demandWritable(table);
  const made = id ?? randomUUID();
  if (table.rows.has(made))
    throw new ODataError(412, '0x80040237', 'A record with matching key values already exists.');
  const { overriddencreatedon, ...values } = given;
  const stamp = stampText(org, options);
  const whole: Values = {
    ...defaults(org, table.definition),
    ...onlyFor(table, values, 'create'),
    [table.definition.primaryId]: made,
    createdon: typeof overriddencreatedon === 'string' ? overriddencreatedon : stamp,
    modifiedon: stamp,
    createdby: org.userId,
    modifiedby: org.userId,
    ...(overriddencreatedon === undefined ? {} : { overriddencreatedon: stamp }),
  };
  return store(org, table, made, whole, options);
}

/** Changes a row: only what is given. */
export function updateRow(org: Org, table: Table, row: Row, given: Values, options: Options = {}): Row {
  demandWritable(table);
  const values = { ...row.values, ...onlyFor(table, given, 'update') };
  if (given.statecode !== undefined && given.statuscode === undefined)
    values.statuscode = reasonOf(table, given.statecode);
  return store(org, table, row.id, { ...values, modifiedon: stampText(org, options), modifiedby: org.userId }, options);
}

export function deleteRow(org: Org, table: Table, row: Row): void {
  demandWritable(table);
  table.remove(row.id);
  const deletion = { id: row.id, version: org.nextVersion(), at: org.clock.seconds() };
  table.deletions.push(deletion);
  const keeps = table.definition.keepsDeleted && org.settings.recycleBin;
  if (keeps) table.bin.set(row.id, row);
  org.onUndo(() => {
    table.deletions.splice(table.deletions.indexOf(deletion), 1);
    if (keeps) table.bin.delete(row.id);
    table.put(row);
  });
}

/** Brings a deleted row back, with other values where some are given. */
export function restoreRow(org: Org, table: Table, id: string, given: Values): Row {
  if (table.rows.has(id))
    throw badRequest(
      '0x80044a02',
      `Please delete the existing conflicting record '${table.name}' with primary key '${table.definition.primaryId}' and primary key value '${id}' before attempting restore.`,
    );
  const kept = table.bin.get(id);
  if (kept === undefined) throw new ODataError(404, '0x80040217', `${table.name} With Id = ${id} Does Not Exist`);
  const taken = table.takenKey(id, kept.values);
  if (taken !== undefined)
    throw badRequest(
      '0x80049929',
      `Duplicate entity key preventing restore of record '${table.name}' with primary key '${table.definition.primaryId}' and primary key value '${id}'. See inner exception for entity key details.`,
    );
  table.bin.delete(id);
  org.onUndo(() => table.bin.set(id, kept));
  return store(org, table, id, { ...kept.values, ...given, modifiedon: stampText(org, {}) }, {});
}

function store(org: Org, table: Table, id: string, values: Values, options: Options): Row {
  const { definition } = table;
  const before = table.rows.get(id);
  const { composed } = definition;
  if (composed)
    values[composed.column] =
      composed.of
        .map((name) => values[name] ?? '')
        .join(' ')
        .trim() || null;
  checkRow(org, table, id, values, options);
  const row = newRow(id, org.nextVersion(), values);
  table.put(row);
  org.onUndo(() => (before ? table.put(before) : table.remove(id)));
  return row;
}

function checkRow(org: Org, table: Table, id: string, values: Values, options: Options): void {
  const { definition } = table;
  const missing = definition.columns.find(
    ({ name, required, create }) => required === 'SystemRequired' && create && (values[name] ?? null) === null,
  );
  if (missing) throw badRequest('0x80040203', `Required field '${missing.name}' is missing`);
  const { needsOneOf } = definition;
  if (needsOneOf?.columns.every((name) => (values[name] ?? null) === null))
    throw badRequest('0x80040203', needsOneOf.message);
  checkReason(definition, values);
  const taken = table.takenKey(id, values);
  if (taken) {
    const columns = taken.columns.map((name) => table.columns.get(name)?.label ?? name).join(', ');
    throw new ODataError(
      412,
      '0x80060892',
      `Entity Key ${taken.label} violated. A record with the same value for ${columns} already exists. A duplicate record cannot be created. Select one or more unique values and try again.`,
    );
  }
  if (options.detectsDuplicates) checkDuplicates(org, table, id, values);
}

/** A status reason belongs to one state. */
function checkReason({ columns, name }: TableDefinition, values: Values): void {
  const reason = columns
    .find(({ type }) => type === 'Status')
    ?.options?.find(({ value }) => value === values.statuscode);
  if (reason !== undefined && reason.state !== values.statecode)
    throw badRequest(
      '0x80048408',
      `${values.statuscode} is not a valid status code for state code ${name}State.${values.statecode} on ${name} with Id ${values[`${name}id`]}.`,
    );
}

function checkDuplicates(_org: Org, { definition, rows }: Table, id: string, values: Values): void {
  const names = definition.duplicatesBy ?? [];
  if (names.length === 0 || names.some((name) => (values[name] ?? null) === null)) return;
  const alike = [...rows.values()].some(
    (row) => row.id !== id && names.every((name) => same(row.values[name], values[name])),
  );
  if (alike)
    throw new ODataError(
      412,
      '0x80040333',
      'A record was not created or updated because a duplicate of the current record already exists.',
    );
}

const same = (a: Value | undefined, b: Value | undefined): boolean =>
  String(a).toLowerCase() === String(b).toLowerCase();

function defaults(org: Org, { columns, primaryName }: TableDefinition): Values {
  const currency = org.table('transactioncurrency')?.rows.keys().next().value ?? null;
  const hasMoney = columns.some(({ type }) => type === 'Money');
  const unticked = columns.filter(({ type }) => type === 'Boolean').map(({ name }) => [name, false] as const);
  return {
    [primaryName]: null,
    ...Object.fromEntries(unticked),
    ...(hasMoney ? { transactioncurrencyid: currency, exchangerate: 1 } : {}),
    ownerid: org.userId,
    owneridtype: 'systemuser',
    statecode: 0,
    statuscode: columns.find(({ type }) => type === 'Status')?.options?.[0]?.value ?? null,
  };
}

function reasonOf(table: Table, state: Value): Value {
  const reasons = table.columns.get('statuscode')?.options ?? [];
  return reasons.find((reason) => reason.state === state)?.value ?? null;
}

/** What may not be set is passed over, as Dataverse does. */
function onlyFor(table: Table, values: Values, what: 'create' | 'update'): Values {
  const allowed = Object.entries(values).filter(
    ([name]) => table.columns.get(name.replace(/type$/, ''))?.[what] ?? table.columns.get(name)?.[what],
  );
  return Object.fromEntries(allowed);
}

function demandWritable({ definition, name }: Table): void {
  if (!definition.writable)
    throw new ODataError(
      403,
      '0x80040220',
      `Principal user is missing prvWrite${definition.schemaName} privilege on OTC=${definition.typeCode} for entity '${name}'.`,
    );
}

const stampText = (org: Org, { stamp }: Options): string =>
  `${new Date((stamp ?? org.clock.seconds()) * 1000).toISOString().slice(0, 19)}Z`;
