import type { Issue } from '../../contract/errors.ts';
import { settingLabel } from '../../contract/form.ts';
import type { WorkflowNode } from '../../contract/workflow.ts';
import { nodeCatalog } from './nodes.ts';

/** What a person calls the setting that a problem is about; null where it is about none, or none with a name. */
export function settingOf({ path = '' }: Issue, node: Pick<WorkflowNode, 'type'> | undefined): string | null {
  const { form = [], labels = {} } = nodeCatalog.get(node?.type ?? '') ?? {};
  return settingLabel(form, path) ?? panelLabel(labels, path);
}

/** Of what only a panel draws: the label of the nearest setting above it, and its place where that is a list. */
function panelLabel(labels: Readonly<Record<string, string>>, path: string): string | null {
  const found = Object.entries(labels).find(([name]) => path === name || path.startsWith(`${name}.`));
  if (!found) return null;
  const [name, label] = found;
  const place = Number.parseInt(path.slice(name.length + 1), 10);
  return Number.isNaN(place) ? label : `${label} ${place + 1}`;
}
