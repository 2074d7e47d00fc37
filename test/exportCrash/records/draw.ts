/** What is exported in one case, and everything that goes wrong meanwhile; the same number draws the same case. */
import type { Troubles } from '../drawing.ts';
import { drawing, drawRows, drawStrike, namedTroubles, oneExpiry } from '../drawing.ts';
import type { CrashCase, Kind } from './crashCase.ts';
import { kinds } from './crashCase.ts';
import type { CrmKind } from './remote.ts';

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
