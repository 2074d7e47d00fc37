import type { Column } from './column.ts';

/** Columns by whose values together a row can be named. */
export interface AlternateKey {
  /** Logical name, such as `new_externalid_key`. */
  name: string;
  label: string;
  columns: readonly string[];
  /** Only an active key finds rows and keeps values apart. */
  status: 'Active' | 'Pending' | 'Failed';
}

export interface TableDefinition {
  /** The logical name: lower case. */
  name: string;
  schemaName: string;
  /** As it stands in addresses. */
  setName: string;
  label: string;
  pluralLabel: string;
  typeCode: number;
  primaryId: string;
  primaryName: string;
  columns: readonly Column[];
  keys: readonly AlternateKey[];
  custom: boolean;
  /** Whether clients may create, change and delete rows. */
  writable: boolean;
  tracksChanges: boolean;
  /** Whether deleted rows can be restored. */
  keepsDeleted: boolean;
  /** Columns whose equal values make two rows duplicates of each other, where detection is asked for. */
  duplicatesBy?: readonly string[];
  /** Columns without which a plug-in of the table refuses a new row: one of them is needed. */
  needsOneOf?: { columns: readonly string[]; message: string };
  /** Without transactions: a message for many rows writes some and refuses others. */
  elastic?: true;
  /** A column the organisation makes of others. */
  composed?: { column: string; of: readonly string[] };
}

/** One way from a row to the row that a lookup names. */
export interface Navigation {
  /** Case counts. */
  name: string;
  column: Column;
  target: string;
}

/** Custom navigation is spelt as the schema is, and a lookup with several targets has one way to each. */
export function navigationsOf({ columns, custom }: TableDefinition): Navigation[] {
  return columns.flatMap((column) => {
    const targets = column.targets ?? [];
    const name = custom && column.name.includes('_') ? column.schemaName : column.name;
    if (column.type === 'Owner') return [{ name, column, target: 'owner' }];
    return targets.map((target) => ({ name: targets.length === 1 ? name : `${name}_${target}`, column, target }));
  });
}

/** The collection of the target that holds the rows which refer to it by this column. */
export function collectionOf({ relation = '', targets = [] }: Column, target: string): string {
  return targets.length > 1 ? `${relation}_${target}s` : relation;
}
