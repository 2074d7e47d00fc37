/** When a plan waits for a person, and what that person is asked. */
import type { Relation } from '../../../contract/relation.ts';
import { column, literal, scan } from '../../../contract/relation.ts';
import type { Json } from '../../../contract/types.ts';
import { countText } from '../../kit/rows.ts';
import type { CrmConfig } from '../config.ts';
import type { Context } from '../readRecords.ts';
import type { Plan } from './plan.ts';
import type { Action } from './verdict.ts';

const verbs: Record<Action, string> = {
  create: 'to be created',
  update: 'to be changed',
  upsert: 'to be created or changed',
  delete: 'to be deleted',
  unchanged: 'as they are',
};
const actions = Object.keys(verbs) as Action[];
type Counts = Record<Action, number>;

/** The question about the plan as it is; null: it may be carried out at once. */
export async function askAbout(context: Context, plan: Plan): Promise<string | null> {
  const counts = await countActions(context, plan);
  const reason = reasonToAsk(context.config, counts, plan.rows.count + plan.rejects.count);
  if (reason === null) return null;
  const parts = actions.flatMap((action) =>
    counts[action] === 0 ? [] : [`${countText(counts[action])} ${verbs[action]}`],
  );
  const rejected = plan.rejects.count === 0 ? [] : [`${countText(plan.rejects.count)} rejected`];
  const object = context.config.objectLabel || context.config.object;
  return `${object}: ${[...parts, ...rejected].join(', ')}. ${reason} The rows are behind Plan. Write them?`;
}

/** Whether the answer that is here was given to the very plan: it counts for no other. */
export const isAbout = ({ wake }: Context, { rows }: Plan): boolean => wake?.memory === rows.id;

/** Kept while the node waits for something else: which plan was asked about. */
export const waitMemory = ({ wake }: Context): Json => wake?.memory ?? null;

async function countActions(context: Context, { rows }: Plan): Promise<Counts> {
  const counts = Object.fromEntries(actions.map((action) => [action, 0])) as Counts;
  for (const action of actions) counts[action] = await context.count(withAction(rows, action));
  return counts;
}

const withAction = (rows: Plan['rows'], action: Action): Relation => ({
  op: 'filter',
  input: scan(rows),
  where: { op: 'eq', left: column('action'), right: literal(action, 'text') },
});

/** Nothing to be written is no question. An upsert may change a record: it counts as a change. */
function reasonToAsk({ operation, export: { approval } }: CrmConfig, counts: Counts, arrived: number): string | null {
  const changes = counts.update + counts.upsert;
  if (changes + counts.create + counts.delete === 0) return null;
  if (approval.always) return 'Every plan is looked at first.';
  const { deletes, updates, share } = approval;
  if (operation === 'delete')
    return deletes !== null && counts.delete > deletes ? `More than ${countText(deletes)} deletions.` : null;
  if (updates !== null && changes > updates) return `More than ${countText(updates)} changes.`;
  if (share !== null && changes * 100 > share * arrived) return `More than ${share} % of the rows change a record.`;
  return null;
}
