import type { Column } from '../../contract/types.ts';
import type { Actor } from '../access/actor.ts';
import { actorText } from '../access/actor.ts';
import type { AuditAction } from '../access/audit.ts';
import { audited } from '../access/audit.ts';
import type { Instance } from '../instance.ts';
import { changeBy } from './change.ts';
import { seesPersonal } from './masking.ts';

export interface Opened {
  action: Extract<AuditAction, 'rows.open' | 'local-table.open' | 'export.open'>;
  subject: string;
  table: string;
  columns: readonly Column[];
}

/** Notes that someone opened personal data: once for a table and a quarter of an hour, since pages are read often. */
export function createOpenedNotes(instance: Instance): (actor: Actor, opened: Opened) => Promise<void> {
  const noted = new Map<string, number>();
  const everyMs = 15 * 60_000;
  return async (actor, { action, subject, table, columns }) => {
    if (!seesPersonal(actor.role) || !columns.some((column) => column.personal)) return;
    const key = JSON.stringify([actorText(actor), subject, table]);
    const now = instance.clock.now().getTime();
    if (now - (noted.get(key) ?? -everyMs) < everyMs) return;
    await changeBy(instance, actor, (change) => audited(change, action, subject, null, { table }));
    noted.set(key, now);
    if (noted.size > 10_000) noted.clear();
  };
}
