import type { Db } from '../db/transaction.ts';
import type { Topic } from './feed.ts';

/**
 * Short texts that change when a list has changed, whoever changed it: another process leaves no nudge here. Each is read
 * from an index or a few rows, since it is read twice a second.
 */
export async function lookForChanges(db: Db): Promise<Partial<Record<Topic, string>>> {
  const [runs, alarms, exported, options, audit] = await Promise.all([
    db('runs').groupBy('state').orderBy('state').select('state').count({ n: '*' }),
    // Alarms are states: there are few rows, however often they change.
    db('alarms').max({ since: 'since' }).sum({ times: 'times' }).first(),
    db('exports').max({ at: 'updated_at' }).first(),
    db('option_changes').max({ id: 'id' }).first(),
    db('audit').max({ id: 'id' }).first(),
  ]);
  return {
    runs: JSON.stringify([runs, alarms]),
    // What their runs do changes what is shown of them.
    exports: JSON.stringify([exported, runs]),
    options: JSON.stringify(options),
    workflows: JSON.stringify([audit, runs]),
    connections: JSON.stringify(audit),
    tables: JSON.stringify(runs),
  };
}
