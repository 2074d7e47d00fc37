/** Problems of what is written into the CRM, as far as they can be known without asking it. */
import { codeIssues } from '../../contract/checkCode.ts';
import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import type { CheckScope } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { columnIssues, configIssue, passedColumns } from '../kit/columns.ts';
import type { CrmConfig } from './config.ts';
import { idField } from './config.ts';
import type { ExportConfig, MappedField } from './exportConfig.ts';
import { isDated } from './exportConfig.ts';
import { misfitOf } from './panel/typeFit.ts';

export function checkExport(config: CrmConfig, scope: CheckScope): Issue[] {
  if (scope.inputs.length === 0) return [inputIssue(config, scope)];
  const isDelete = config.operation === 'delete';
  const used = config.export.mapping.flatMap((mapped, index) =>
    isDelete && mapped.field !== idField ? [] : [{ mapped, path: `export.mapping.${index}` }],
  );
  return [
    ...(isDelete ? checkDeleteKey(config.export, scope) : checkMode(config.export, scope)),
    ...(isDelete ? [] : [...checkOnlyChanged(config.export, scope), ...checkNewer(config.export, scope)]),
    ...used.flatMap(({ mapped, path }) => [
      ...checkSource(mapped, path, scope),
      ...checkField(config, mapped, path, scope),
      ...(mapped.onlyIf.trim() === '' ? [] : checkCode(mapped.onlyIf, `${path}.onlyIf`, 'Only if', scope)),
      ...checkMisfit(mapped, path, scope),
    ]),
  ];
}

function inputIssue({ operation }: CrmConfig, { node }: CheckScope): Issue {
  const needed = `an inbound transition with the rows to ${operation === 'delete' ? 'delete' : 'export'}`;
  return makeIssue('INPUT_MISSING', { node: node.label, needed }, { nodeId: node.id });
}

function checkDeleteKey({ key, mapping }: ExportConfig, scope: CheckScope): Issue[] {
  const known = key === idField && mapping.some(({ field }) => field === idField);
  return known ? [] : [configIssue(scope, 'export.mapping', 'choose where the ids of the records come from')];
}

function checkMode(settings: ExportConfig, scope: CheckScope): Issue[] {
  const { mode, key, mapping } = settings;
  const keyProblem = problemOfKey(settings);
  if (keyProblem !== null) return [configIssue(scope, 'export.key', keyProblem)];
  if (mapping.every(({ field }) => field === idField))
    return [configIssue(scope, 'export.mapping', 'map at least one field that is written')];
  const insertsAll = mode === 'automatic' && key === '';
  const text = 'there is no key: all rows are inserted, those too that are in the CRM already';
  return [
    ...(insertsAll ? [configIssue(scope, 'export.mode', text, 'warning')] : []),
    ...checkRequired(settings, mode === 'insert' || insertsAll, scope),
  ];
}

/** What is inserted without a key is told apart by a column, or would be inserted with every run. */
function checkOnlyChanged({ onlyChanged, mode, key }: ExportConfig, scope: CheckScope): Issue[] {
  const { enabled, column, again } = onlyChanged;
  const inserts = key === '' && (mode === 'insert' || mode === 'automatic');
  if (!enabled || !inserts) return [];
  const path = 'export.onlyChanged.column';
  const reason = 'choose the column that tells which row was sent: there is no key';
  const text = 'each change of a row makes a further new record; those made before stay as they are';
  return [
    ...(column === '' ? [configIssue(scope, path, reason)] : columnIssues(scope, column, path)),
    ...(again ? [configIssue(scope, 'export.onlyChanged.again', text, 'warning')] : []),
  ];
}

/** Only what is looked up can be found to be newer. */
function checkNewer({ key, newer, mapping }: ExportConfig, scope: CheckScope): Issue[] {
  if (key === '' || newer === '') return [];
  const mapped = mapping.find(({ field }) => field === newer);
  const reason = mapped
    ? `${newer} is no date and no number: choose a field by which one value is newer than another`
    : `map ${newer}, which tells what is newer, or choose another field`;
  return mapped && isDated(mapped) && newer !== key ? [] : [configIssue(scope, 'export.newer', reason)];
}

function problemOfKey({ mode, key, mapping }: ExportConfig): string | null {
  if (key === '')
    return mode === 'update' || mode === 'upsert' ? `choose by what ${mode} finds the record of a row` : null;
  if (mode === 'insert' && key === idField) return 'a new record has no record id yet';
  return mapping.some(({ field }) => field === key) ? null : `map ${key}, by which records are found`;
}

/** Where some rows are updates, only those that are not will be rejected. */
function checkRequired(settings: ExportConfig, onlyInserts: boolean, scope: CheckScope): Issue[] {
  const mapped = new Set(settings.mapping.map(({ field }) => field));
  const missing = settings.mode === 'update' ? [] : settings.required.filter(({ name }) => !mapped.has(name));
  if (missing.length === 0) return [];
  const fields = missing.map(({ name, label }) => label || name).join(', ');
  const place = { nodeId: scope.node.id, path: 'export.mapping' };
  return [makeIssue('REQUIRED_MISSING', { fields }, place, onlyInserts ? 'error' : 'warning')];
}

function checkSource({ source }: MappedField, path: string, scope: CheckScope): Issue[] {
  if (source.kind === 'expression') return checkCode(source.code, `${path}.source.code`, 'Value', scope);
  return source.column === ''
    ? [configIssue(scope, `${path}.source.column`, 'choose a column or write JavaScript')]
    : columnIssues(scope, source.column, `${path}.source.column`);
}

function checkCode(code: string, path: string, label: string, scope: CheckScope): Issue[] {
  if (code.trim() === '') return [configIssue(scope, path, 'write JavaScript, such as record.name')];
  return codeIssues('expression', code, { nodeId: scope.node.id, path, label });
}

function checkField(config: CrmConfig, mapped: MappedField, path: string, scope: CheckScope): Issue[] {
  const { key, mapping } = config.export;
  const { field } = mapped;
  const wrong = (reason: string): Issue[] => [configIssue(scope, `${path}.field`, reason)];
  if (field === '') return wrong('choose a field');
  const first = mapping.findIndex((other) => other.field.toLowerCase() === field.toLowerCase());
  if (mapping[first] !== mapped) return wrong(`${field} is mapped twice`);
  if (field === idField && key !== idField)
    return wrong('the record id cannot be written: make it the key, or remove it');
  return field === key && mapped.lookup ? wrong('what is found by another record cannot be the key') : [];
}

/** Only what no value of the column passes; the others are seen value by value. */
function checkMisfit(
  { source, type, conversion, label, field }: MappedField,
  path: string,
  scope: CheckScope,
): Issue[] {
  const column = source.kind === 'column' ? arriving(scope, source.column) : undefined;
  if (!column || misfitOf(column.type, type, conversion) !== 'all') return [];
  const reason = `it holds ${column.type}, and ${label || field} takes ${type}; every row with a value will be rejected`;
  const place = { nodeId: scope.node.id, path: `${path}.source` };
  return [makeIssue('TYPE_MISMATCH', { column: column.label || column.name, reason }, place, 'warning')];
}

const arriving = ({ inputs }: CheckScope, name: string): Column | undefined =>
  passedColumns(inputs)?.find((column) => column.name === name);
