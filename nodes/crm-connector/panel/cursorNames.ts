/** Import dates that belong to a node under another name: it was renamed, or its workflow is a copy. */

/** The option's name with what is known while drawing filled in; null while it holds anything else. */
export function optionNameNow(template: string, internalName: string, activityName: string): string | null {
  const known: Record<string, string> = {
    'instance.internalName': internalName,
    activityName,
    'activity.name': activityName,
  };
  const filled = template.replace(/<%=\s*([\w.]+)\s*%>/g, (whole, name: string) => known[name] ?? whole);
  return filled.includes('<%') ? null : filled;
}

export interface OtherCursor {
  name: string;
  value: string;
  /** `renamed`: of this workflow, of a node that is not there any more. `copied`: of another workflow. */
  why: 'renamed' | 'copied';
}

interface Place {
  template: string;
  internalName: string;
  activityName: string;
  /** Names of all nodes of the drawing. */
  nodeNames: ReadonlySet<string>;
  /** Internal names of all workflows: "contacts_copy" is one of its own, no node "copy" of "contacts". */
  workflows: readonly string[];
}

/** Dates that this node could go on from: of its own workflow first, then of nodes of the same name elsewhere. */
export function otherCursors(options: readonly { name: string; value: string }[], place: Place): OtherCursor[] {
  // Without the workflow in it a name does not tell whose it is.
  if (!/<%=\s*instance\.internalName\s*%>/.test(place.template)) return [];
  const longestFirst = [...new Set([...place.workflows, place.internalName])].sort((a, b) => b.length - a.length);
  const found = options.flatMap(({ name, value }): OtherCursor[] => {
    const owner = longestFirst.find((workflow) => nodeIn(place.template, name, workflow) !== null);
    const node = owner === undefined ? null : nodeIn(place.template, name, owner);
    if (owner === place.internalName)
      return node === null || node === '' || place.nodeNames.has(node) ? [] : [{ name, value, why: 'renamed' }];
    return node === place.activityName || node === '' ? [{ name, value, why: 'copied' }] : [];
  });
  return found.sort((a, b) => Number(a.why === 'copied') - Number(b.why === 'copied'));
}

/** The node that an option's name tells of, given the workflow; empty if the template names none, null if it is no such option. */
function nodeIn(template: string, name: string, workflow: string): string | null {
  const ofNode = /<%=\s*(?:activityName|activity\.name)\s*%>/g;
  const [before = '', ...rest] = template
    .replace(/<%=\s*instance\.internalName\s*%>/g, () => workflow)
    .split(ofNode)
    .map(literal);
  if (rest.length > 1) return null;
  const pattern = rest.length === 0 ? before : `${before}([\\w-]+)${rest[0]}`;
  const match = new RegExp(`^${pattern}$`).exec(name);
  return match ? (match[1] ?? '') : null;
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
