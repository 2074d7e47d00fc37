/** What a case is: an export, and all that goes wrong while it goes on. */
import type { ExportMode } from '../../../nodes/crm-connector/exportConfig.ts';
import type { Troubles } from '../drawing.ts';

/** Each kind of export asks in another way what became of a record. `key`: none, the record's id, or the key of the case. */
export const kinds = {
  insert: { operation: 'export', mode: 'insert', key: '' },
  'insert by key': { operation: 'export', mode: 'insert', key: 'key' },
  'update by id': { operation: 'export', mode: 'update', key: 'Id' },
  'update by key': { operation: 'export', mode: 'update', key: 'key' },
  upsert: { operation: 'export', mode: 'upsert', key: 'key' },
  automatic: { operation: 'export', mode: 'automatic', key: 'Id' },
  delete: { operation: 'delete', mode: 'update', key: 'Id' },
} as const satisfies Record<string, { operation: 'export' | 'delete'; mode: ExportMode; key: string }>;
export type Kind = keyof typeof kinds;

export interface CrashCase extends Troubles {
  kind: Kind;
  batches: 'never' | 'auto' | 'always';
  /** Rows that arrive; of a mixed export some are of records that are there. */
  rows: number;
  /** Whether some rows have the key of another record. */
  takesKeys: boolean;
  /** What goes wrong while the export is undone; null: it is not. */
  undo: Troubles | null;
}
