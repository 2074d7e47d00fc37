/** What a person should know of a plan before saying yes to it. */
import type { CrmClient } from '../../../contract/connector.ts';
import { countText } from '../../kit/rows.ts';
import type { Plan } from './plan.ts';
import type { PlanCounts } from './planCounts.ts';

export function remarksOf(
  { writer }: Pick<CrmClient, 'writer'>,
  { details }: Pick<Plan, 'details'>,
  { actions }: PlanCounts,
): string[] {
  const { children = [], history, remade } = details;
  const changes = actions.update + actions.delete;
  return [
    ...(changes > 0 ? [gapOf(history !== undefined)] : []),
    ...(actions.upsert > 0 ? [upsertText(actions.upsert)] : []),
    ...(actions.delete > 0 ? [deletedText(writer, details)] : []),
    ...(actions.delete > 0 && children.length > 0 ? [childrenText(children)] : []),
    ...(actions.undelete > 0 && remade ? remade.remarks : []),
  ];
}

/** What can be done about a deletion later. */
function deletedText({ undelete }: CrmClient['writer'], { label, undeletable, remade }: Plan['details']): string {
  const restores = undeletable && undelete !== undefined;
  const anew =
    'an undo makes them anew, with their ids and the values that are kept here, and says what it cannot bring back';
  if (restores && remade)
    return `Deleted records are brought back from the recycle bin of the outside system while it has them; afterwards ${anew}.`;
  if (restores) return 'Deleted records can be brought back only while the recycle bin of the outside system has them.';
  return remade
    ? `Deleted records of ${label} go to no recycle bin: ${anew}.`
    : `Deleted records of ${label} cannot be brought back.`;
}

function gapOf(hasHistory: boolean): string {
  const found = hasHistory
    ? 'it is found afterwards for the fields of which the outside system keeps a history, and reported'
    : 'for this object the outside system keeps no history by which it could be found afterwards';
  return `Each record is looked at again right before it is sent. What somebody changes in the instant between is overwritten; ${found}.`;
}

const upsertText = (count: number): string =>
  `${countText(count)} records are created, or changed where one with the key comes up meanwhile: what such a one held before is not known and cannot be undone.`;

function childrenText(children: readonly { object: string }[]): string {
  const names = [...new Set(children.map(({ object }) => object))];
  const more = names.length > 5 ? ' and others' : '';
  return `What belongs to a deleted record goes with it: ${names.slice(0, 5).join(', ')}${more}.`;
}
