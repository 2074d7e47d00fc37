/** Named branches: a list of settings, each of which is an output port. */
import { z } from 'zod';
import type { Port } from '../../contract/node.ts';
import { errorPort } from '../../contract/node.ts';

/** The name stands on the transition and in the file; a renamed branch is another port. */
export const branchNameSchema = z.string().max(64).default('');

/** One port per branch, in order. Branches without a name, or with one that is taken, have none yet. */
export function branchPorts(names: readonly string[]): Port[] {
  return names
    .filter((name, index) => name !== '' && names.indexOf(name) === index)
    .map((name) => ({ name, label: name, kind: 'branch', rows: true }));
}

/** Adds a problem for each branch that cannot be a port; `taken` are names the node needs for itself. */
export function refineBranches(
  names: readonly string[],
  list: string,
  taken: readonly string[],
  ctx: z.RefinementCtx,
): void {
  names.forEach((name, index) => {
    const message = branchProblem(name, names.indexOf(name) !== index, [...taken, errorPort.name]);
    if (message) ctx.addIssue({ code: 'custom', path: [list, index, 'name'], message });
  });
}

function branchProblem(name: string, repeated: boolean, taken: readonly string[]): string | null {
  if (name.trim() === '') return 'give the branch a name';
  if (repeated) return `another branch is called "${name}" too`;
  return taken.includes(name) ? `"${name}" is the name of another output, choose a different one` : null;
}
