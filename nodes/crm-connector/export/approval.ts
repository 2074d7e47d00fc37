/** When a plan waits for a person, and what that person is asked. */
import type { ExportAction } from '../../../contract/exports.ts';
import { quietActions } from '../../../contract/exports.ts';
import type { Json } from '../../../contract/types.ts';
import { countText } from '../../kit/rows.ts';
import type { CrmConfig } from '../config.ts';
import type { Context } from '../readRecords.ts';
import type { Plan } from './plan.ts';
import type { PlanCounts } from './planCounts.ts';

const verbs: Record<ExportAction, string> = {
  create: 'to be created',
  update: 'to be changed',
  upsert: 'to be created or changed',
  delete: 'to be deleted',
  undelete: 'to be brought back',
  unchanged: 'as they are',
  moved: 'that have become others',
};
const actions = Object.keys(verbs) as ExportAction[];

/** The question about the plan as it is; null: it may be carried out at once. */
export function askAbout({ config, undoes }: Context, plan: Plan, counts: PlanCounts): string | null {
  const reason = undoes ? reasonToUndo(counts) : reasonToAsk(config, counts, plan.input.count);
  if (reason === null) return null;
  const parts = actions.flatMap((action) =>
    counts.actions[action] === 0 ? [] : [`${countText(counts.actions[action])} ${verbs[action]}`],
  );
  const rejected = plan.rejects.count === 0 ? [] : [`${countText(plan.rejects.count)} rejected`];
  const object = config.objectLabel || config.object;
  const where = undoes ? '' : ' Its rows stand at the output Plan.';
  return `${object}: ${[...parts, ...rejected].join(', ')}. ${reason}${where} Write them?`;
}

/** Whether the answer that is here was given to the very plan: it counts for no other. */
export const isAbout = ({ wake }: Context, { rows }: Plan): boolean => wake?.memory === rows.id;

/** Kept while the node waits for something else: which plan was asked about. */
export const waitMemory = ({ wake }: Context): Json => wake?.memory ?? null;

/** Nothing to be written is no question. */
const isNothing = ({ actions }: PlanCounts): boolean =>
  Object.entries(actions).every(([action, count]) => count === 0 || quietActions.some((quiet) => quiet === action));

const reasonToUndo = (counts: PlanCounts): string | null =>
  isNothing(counts) ? null : 'An undo is always looked at first.';

/** An upsert may change a record: it counts as a change. */
function reasonToAsk(
  { operation, export: { approval } }: CrmConfig,
  counts: PlanCounts,
  arrived: number,
): string | null {
  if (isNothing(counts)) return null;
  if (approval.always) return 'Every plan is looked at first.';
  const changes = counts.actions.update + counts.actions.upsert;
  const { deletes, updates, share } = approval;
  if (operation === 'delete')
    return deletes !== null && counts.actions.delete > deletes ? `More than ${countText(deletes)} deletions.` : null;
  if (updates !== null && changes > updates) return `More than ${countText(updates)} changes.`;
  if (share !== null && changes * 100 > share * arrived) return `More than ${share} % of the rows change a record.`;
  return null;
}
