/** What is exported in one case, and everything that goes wrong meanwhile; the same number draws the same case. */
import type { ExportMode } from '../../../nodes/crm-connector/exportConfig.ts';
import type { Troubles } from '../drawing.ts';
import { drawing, drawRows, drawStrike, namedTroubles, oneExpiry } from '../drawing.ts';
import type { CrmKind } from './remote.ts';

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
type Kind = keyof typeof kinds;

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

export function drawCase(crm: CrmKind, seed: number, mostRows: number): CrashCase {
  const draw = drawing(seed);
  const { upTo, one, some } = draw;
  const batches = one(crm.batches);
  const kind = one(Object.keys(kinds) as Kind[]);
  const rows = drawRows(draw, mostRows);
  const byJob = crm.byJob({ batches, kind, rows });
  const troubles = (): Troubles => ({
    faults: oneExpiry(
      some(4, () => crm.fault(draw, rows, byJob)),
      crm.expiry,
    ),
    strikes: some(3, () => drawStrike(draw, crm.requests(rows, byJob))),
  });
  const takesKeys = crm.takesKeys && ['insert', 'update by id', 'automatic'].includes(kind);
  return { kind, batches, rows, takesKeys, ...troubles(), undo: upTo(2) === 0 ? troubles() : null };
}

export function describeCase({ kind, batches, rows, undo, ...own }: CrashCase): string {
  const undone = undo === null ? '' : `; undone: ${namedTroubles(undo)}`;
  return `${kind}, batches ${batches}, ${rows} rows, ${namedTroubles(own)}${undone}`;
}
