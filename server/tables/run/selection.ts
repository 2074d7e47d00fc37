/**
 * How a relation is stored. Where its rows are rows of one work table, only their `_id` there is kept (with columns that
 * are not in that table beside it): about fourteen bytes a row instead of a copy. A selection of a selection points to the
 * rows themselves again, so reading never takes more than one step.
 */
import { type Relation, relationColumns, type TableRef } from '../../../contract/relation.ts';
import { inputsOf } from '../relation/references.ts';
import type { Sources } from '../relation/sources.ts';
import type { TableRecord } from './catalogue.ts';
import { identifyingPlaces } from './identities.ts';

/** More own columns than this are stored with all others in one table. */
const mostOwnColumns = 12;

export interface Storage {
  base: TableRecord['base'];
  identity: TableRecord['identity'];
  places: string[];
  light: boolean;
}

export function storageOf(relation: Relation, sources: Sources): Storage {
  return selectionOf(relation, sources) ?? copyOf(relation);
}

function copyOf(relation: Relation): Storage {
  const places = relationColumns(relation).map((_, index) => `c${index + 1}`);
  return { base: null, identity: identityOf(relation), places, light: false };
}

function selectionOf(relation: Relation, sources: Sources): Storage | null {
  const table = leadingTable(relation);
  if (!table) return null;
  const record = sources.record(table);
  const base = record.base ?? { no: record.no, identity: record.identity };
  let own = 0;
  const places = relationColumns(relation).map((_, index) => {
    const name = originOf(relation, index);
    const place = name === null ? null : basePlace(record, name);
    if (place !== null) return place;
    own += 1;
    return `c${own}`;
  });
  if (own === places.length || own > mostOwnColumns) return null;
  return { base, identity: base.identity, places, light: own === 0 && record.light };
}

function basePlace(record: TableRecord, name: string): string | null {
  const place = record.places[record.columns.findIndex((column) => column.name === name)];
  if (place === undefined || (record.base && !place.startsWith('b.'))) return null;
  return record.base ? place : `b.${place}`;
}

/** The input whose records the rows of a relation are; null: they are new ones, or those of several inputs. */
function leadingInput(relation: Relation): Relation | null {
  if (relation.op === 'group') return null;
  if (relation.op === 'set' && (relation.kind === 'union' || relation.kind === 'unionAll')) return null;
  return inputsOf(relation)[0] ?? null;
}

function leadingTable(relation: Relation): TableRef | null {
  if (relation.op === 'scan') return relation.table;
  const input = leadingInput(relation);
  return input && leadingTable(input);
}

/** The column of the leading table that a column is; null if it is computed. */
function originOf(relation: Relation, index: number): string | null {
  if (relation.op === 'scan') return relation.table.columns[index]?.name ?? null;
  const input = leadingInput(relation);
  if (!input) return null;
  const columns = relationColumns(input);
  if (relation.op !== 'project') return index < columns.length ? originOf(input, index) : null;
  if (relation.keep && index < columns.length) return originOf(input, index);
  const projected = relation.columns[index - (relation.keep ? columns.length : 0)];
  if (projected?.expr.op !== 'column') return null;
  const name = projected.expr.name;
  const place = columns.findIndex((column) => column.name === name);
  return columns[place]?.type === projected.type ? originOf(input, place) : null;
}

function identityOf(relation: Relation): TableRecord['identity'] {
  if (relation.op === 'scan') return 'given';
  if (relation.op === 'local' || relation.op === 'group') return 'own';
  const input = leadingInput(relation);
  return input ? identityOf(input) : 'mixed';
}

/** Whether rows have parents besides the record they are, which somebody could ask for. */
export function hasParents(relation: Relation, sources: Sources): boolean {
  if (relation.op === 'group') return relation.by.length > 0 && canBeFollowed(relation.input, sources);
  if (relation.op === 'set' && relation.kind === 'union')
    return relation.inputs.some((input) => hasParents(input, sources) || canBeFollowed(input, sources));
  if (relation.op === 'set' && relation.kind === 'unionAll')
    return relation.inputs.some((input) => hasParents(input, sources));
  if (relation.op === 'join' && (relation.kind === 'inner' || relation.kind === 'left'))
    return hasParents(relation.left, sources) || canBeFollowed(relation.right, sources);
  const input = leadingInput(relation);
  return input !== null && hasParents(input, sources);
}

/** Not so for tables that only hold values computed for the rows of another one. */
function canBeFollowed(relation: Relation, sources: Sources): boolean {
  if (relation.op === 'local') return false;
  if (relation.op !== 'scan') return inputsOf(relation).some((input) => canBeFollowed(input, sources));
  const { identity, columns } = sources.record(relation.table);
  return identity !== 'own' || identifyingPlaces(columns).length > 0;
}
