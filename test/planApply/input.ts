/** The rows of a case and the settings of its export. */
import type { Cell, ColumnType } from '../../contract/types.ts';
import type { MappedField } from '../../nodes/crm-connector/exportConfig.ts';
import { exportDefaults } from '../../nodes/crm-connector/exportConfig.ts';
import type { Settings } from '../harness/exports.ts';
import { code, mapped } from '../harness/exports.ts';
import type { MappedCase, Place, PlanCase, RowCase } from './cases.ts';
import { fields, lookup } from './fields.ts';
import { accountOf, keyOf, legacyOf, numberOf } from './world.ts';

const own = ['row', 'id', 'key', 'legacy', 'account', 'flag'];

export const columns: Record<string, ColumnType> = Object.fromEntries(
  [...own, ...fields.map(({ name }) => name)].map((name) => [name, 'text']),
);

/** Begins ids that no record has, in their shorter form. */
const noRecord = '003zzzzzzz000';

export function rowsOf(name: string, { rows }: PlanCase, ids: readonly string[]): Record<string, Cell>[] {
  return rows.map((row, index) => {
    const keyed = (place: Place, make: (name: string, number: number) => string): string | null =>
      place === null ? null : spell(row.spelling, make(name, numberOf(place, index)));
    return {
      row: String(index),
      id: row.id === null ? null : (ids[numberOf(row.id, index)] ?? `${noRecord}${String(index).padStart(2, '0')}`),
      key: keyed(row.key, keyOf),
      legacy: keyed(row.legacy, legacyOf),
      account: keyed(row.account, accountOf),
      flag: row.flag ? 'y' : 'n',
      ...Object.fromEntries(fields.map((field, at) => [field.name, row.texts[at] ?? null])),
    };
  });
}

function spell(spelling: RowCase['spelling'], text: string): string {
  if (spelling === 'upper') return text.toUpperCase();
  return spelling === 'spaces' ? `  ${text} ` : text;
}

/** Of the columns that hold keys, by the field. */
const keyColumns: Record<string, string> = { Id: 'id', External_Id__c: 'key', Legacy_Id__c: 'legacy' };

export function settingsOf({ operation, mode, key, batches, mapping }: PlanCase): Settings {
  const keyed = key === '' ? [] : [mapped(key, keyColumns[key] ?? '')];
  return {
    operation,
    mode,
    key,
    batches,
    mapping: [...keyed, ...mapping.map(mappedField)],
    approval: { ...exportDefaults.approval, always: true },
  };
}

function mappedField({ field, source, empty, onlyIf }: MappedCase): MappedField {
  const isLookup = field === lookup.field;
  const column = isLookup ? 'account' : field;
  const value = `record['${column}']`;
  const sources = {
    column: { kind: 'column' as const, column },
    expression: code(`${value} === null ? null : ${value}`),
    'failing expression': code(`${value}.length > 2 ? ${value} : null`),
  };
  const { object, keyField, path } = lookup;
  return mapped(field, column, {
    type: fields.find(({ name }) => name === field)?.type ?? 'text',
    source: sources[source],
    empty,
    onlyIf: onlyIf ? "record.flag === 'y'" : '',
    ...(isLookup ? { lookup: { object, keyField, path } } : {}),
  });
}
