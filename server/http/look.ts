import type { Db } from '../db/transaction.ts';
import type { Topic } from './feed.ts';

/**
 * Short texts that change when a list has changed, whoever changed it: another process leaves no nudge here. Each is read
 * from an index alone, since it is read twice a second.
 */
export async function lookForChanges(db: Db): Promise<Partial<Record<Topic, string>>> {
  const [runs, options, audit] = await Promise.all([
    db('runs').groupBy('state').orderBy('state').select('state').count({ n: '*' }),
    db('option_changes').max({ id: 'id' }).first(),
    db('audit').max({ id: 'id' }).first(),
  ]);
  return {
    runs: JSON.stringify(runs),
    options: JSON.stringify(options),
    workflows: JSON.stringify([audit, runs]),
    connections: JSON.stringify(audit),
    tables: JSON.stringify(runs),
  };
}
