/** Joins two drawings that grew from the same one: mine, and what someone else saved meanwhile. */
import type { Workflow } from '../../../contract/workflow.ts';
import { type PartKind, same } from './differences.ts';

export interface Merge {
  workflow: Workflow;
  /** Parts that both changed differently: mine is kept, and the person is told. */
  clashes: { kind: PartKind; id: string }[];
}
interface Part {
  id: string;
}

export function mergeWorkflows(base: Workflow, mine: Workflow, theirs: Workflow): Merge {
  const clashes: Merge['clashes'] = [];
  const parts = <T extends Part>(kind: PartKind, pick: (workflow: Workflow) => readonly T[]): T[] =>
    mergeParts(pick(base), pick(mine), pick(theirs), (id) => clashes.push({ kind, id }));
  const settings = (['label', 'description', 'settings'] as const).map((name) => {
    const clash = () => clashes.push({ kind: 'workflow', id: name });
    return [name, mergeOne(base[name], mine[name], theirs[name], clash)] as const;
  });
  const nodes = parts('node', (workflow) => workflow.nodes);
  const ids = new Set(nodes.map((node) => node.id));
  const transitions = parts('transition', (workflow) => workflow.transitions).filter(
    (one) => ids.has(one.from) && ids.has(one.to),
  );
  const notes = parts('note', (workflow) => workflow.notes ?? []);
  const kept = Object.fromEntries(settings.filter(([, value]) => value !== undefined));
  const { description: _description, settings: _settings, notes: _notes, ...bare } = mine;
  return { workflow: { ...bare, ...kept, nodes, transitions, ...(notes.length > 0 ? { notes } : {}) }, clashes };
}

/** Three-way: whoever changed it wins; where both did it is a clash and mine wins, but a change wins over a removal. */
function mergeOne<T>(base: T, mine: T, theirs: T, clash: () => void): T {
  if (equal(mine, theirs) || equal(theirs, base)) return mine;
  if (equal(mine, base)) return theirs;
  clash();
  return mine ?? theirs;
}

/** A part that both changed is merged setting by setting: moving a node and renaming it do not clash. */
function mergePart<T extends Part>(
  base: T | undefined,
  mine: T | undefined,
  theirs: T | undefined,
  clash: () => void,
): T | undefined {
  if (!base || !mine || !theirs) return mergeOne(base, mine, theirs, clash);
  const keys = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])] as (keyof T)[];
  let clashed = false;
  const entries = keys.map((key) => {
    const note = () => {
      // Two who moved the same node need not be told: nothing of either is lost.
      clashed ||= key !== 'x' && key !== 'y';
    };
    return [key, mergeOne(base[key], mine[key], theirs[key], note)] as const;
  });
  if (clashed) clash();
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as unknown as T;
}

const equal = (a: unknown, b: unknown): boolean => same(a ?? null, b ?? null);

function mergeParts<T extends Part>(
  base: readonly T[],
  mine: readonly T[],
  theirs: readonly T[],
  clash: (id: string) => void,
): T[] {
  const index = (list: readonly T[]) => new Map(list.map((part) => [part.id, part]));
  const [before, own, other] = [index(base), index(mine), index(theirs)];
  const ids = new Set([...own.keys(), ...other.keys()]);
  return [...ids].flatMap((id) => {
    const part = mergePart(before.get(id), own.get(id), other.get(id), () => clash(id));
    return part ? [part] : [];
  });
}
