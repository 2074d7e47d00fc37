import type { Call } from '../call.ts';
import { wants } from '../preferences.ts';
import type { Row, Table } from '../store/table.ts';
import type { Column, Value } from '../tables/column.ts';
import { formatted } from './formatted.ts';
import { comparePlaces, placeOf } from './order.ts';
import { cellOf, follow, isLookup, propertyName, targetOf } from './properties.ts';
import type { Expand, Shape } from './shape.ts';

type Json = Record<string, unknown>;

export const etagOf = ({ version }: Row): string => `W/"${version}"`;

/** A row as it is answered, with the annotations that the request wants. */
export function project(call: Call, table: Table, row: Row, shape: Shape): Json {
  const answer: Json = { '@odata.etag': etagOf(row) };
  for (const column of shape.columns) addProperty(call, table, row, column, answer);
  for (const expand of shape.expands) answer[expand.name] = projectExpand(call, row, table, expand);
  return answer;
}

function addProperty(call: Call, table: Table, row: Row, column: Column, answer: Json): void {
  const name = propertyName(column);
  const value = cellOf(row, column);
  if (value !== null && call.prefer.annotations !== null) annotate(call, table, row, column, value, answer);
  answer[name] = value;
}

function annotate(call: Call, table: Table, row: Row, column: Column, value: Value, answer: Json): void {
  const name = propertyName(column);
  const add = (annotation: string, text: string | null): void => {
    if (text !== null && wants(call.prefer, annotation)) answer[`${name}@${annotation}`] = text;
  };
  if (isLookup(column)) {
    const target = targetOf(row, column);
    const way = [...table.navigations.values()].find(
      (one) => one.column === column && [target, 'owner'].includes(one.target),
    );
    add('Microsoft.Dynamics.CRM.associatednavigationproperty', way?.name ?? null);
    add('Microsoft.Dynamics.CRM.lookuplogicalname', target);
  }
  add('OData.Community.Display.V1.FormattedValue', formatted(call.org, row, column, value));
}

function projectExpand(call: Call, row: Row, table: Table, expand: Expand): Json | Json[] | null {
  if (expand.kind === 'one') {
    const found = follow(call.org, row, expand.navigation);
    return found ? project(call, found.table, found.row, expand.shape) : null;
  }
  const { column, test, order, top } = expand;
  return [...expand.table.rows.values()]
    .filter(
      ({ values }) => values[column.name] === row.id && (values[`${column.name}type`] ?? table.name) === table.name,
    )
    .filter(test)
    .sort((a, b) => comparePlaces(placeOf(a, order), placeOf(b, order), order))
    .slice(0, top)
    .map((related) => project(call, expand.table, related, expand.shape));
}
