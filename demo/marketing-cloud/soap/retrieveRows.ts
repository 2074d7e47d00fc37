import { type Call, sessionOf } from '../call.ts';
import { RowError } from '../errors.ts';
import { compareValues } from '../extensions/compare.ts';
import type { DataExtension, Row } from '../extensions/extension.ts';
import type { Field } from '../extensions/field.ts';
import { readValue, showValue } from '../extensions/values.ts';
import { FilterError, readFilter, type Subject, wantedOf } from './filters.ts';
import { checkProperties, type Found, type Retrieval } from './retrieval.ts';
import { checkScope } from './soapFault.ts';
import { type Element, group, leaf, textOf } from './xml.ts';

/** Rows of the data extension with a key, or with a name when no key is the same. */
export function retrieveRows(call: Call, named: string, retrieval: Retrieval): Found {
  checkScope(call, 'data_extensions_read');
  const { accountId } = sessionOf(call);
  const byName = call.org.extensionsOf(accountId).find(({ name }) => name.toLowerCase() === named.toLowerCase());
  const extension = call.org.byKey(accountId, named) ?? byName;
  if (extension === undefined) throw new FilterError(`Data extension does not exist: ${named}`);
  // The asterisk is taken, and finds nothing.
  if (retrieval.properties.includes('*')) return { total: 0, show: () => '' };
  checkProperties(retrieval, (name) => extension.field(name) !== undefined);
  const fields = retrieval.properties.map((name) => extension.field(name)!);
  const rows = findRows(extension, retrieval.filter);
  return {
    total: rows.length,
    show: (from, to) =>
      rows
        .slice(from, to)
        .map((row) => showRow(extension, fields, row))
        .join(''),
  };
}

function findRows(extension: DataExtension, filter: Element | undefined): Row[] {
  if (filter === undefined) return extension.rows();
  return findByKey(extension, filter) ?? extension.rows().filter(readFilter(filter, subjectOf(extension)));
}

/** Keys are looked up, not searched for; null when the filter is no plain one on the key. */
function findByKey(extension: DataExtension, filter: Element): Row[] | null {
  const [field, ...others] = extension.keyFields;
  const isKey =
    field !== undefined && others.length === 0 && extension.field(textOf(filter, 'Property') ?? '') === field;
  const operator = textOf(filter, 'SimpleOperator')?.toLowerCase();
  const wanted = wantedOf(filter);
  if (!isKey || wanted.length === 0 || (operator !== 'in' && operator !== 'equals')) return null;
  const found = (operator === 'in' ? wanted : wanted.slice(0, 1)).flatMap(
    (text) => lookUp(extension, field, text) ?? [],
  );
  return [...new Set(found)];
}

function lookUp(extension: DataExtension, field: Field, text: string): Row | undefined {
  try {
    return extension.find([readValue({ ...field, maxLength: null }, text)]);
  } catch (error) {
    if (error instanceof RowError) return undefined;
    throw error;
  }
}

function subjectOf(extension: DataExtension): Subject<Row> {
  const fieldOf = (property: string): Field => extension.field(property)!;
  return {
    knows: (property) => extension.field(property) !== undefined,
    isNull: (row, property) => extension.read(row, fieldOf(property)) === null,
    compare: (row, property, wanted) => {
      const field = fieldOf(property);
      return compareValues(field, extension.read(row, field), wanted);
    },
  };
}

function showRow(extension: DataExtension, fields: readonly Field[], row: Row): string {
  const properties = fields.map((field) =>
    group('Property', leaf('Name', field.name) + leaf('Value', showValue(field, extension.read(row, field)))),
  );
  const fixed = leaf('PartnerKey', null) + leaf('ObjectID', null) + leaf('Type', 'DataExtensionObject');
  return group('Results', fixed + group('Properties', properties.join('')), 'DataExtensionObject');
}
