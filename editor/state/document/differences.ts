/** What differs between two drawings, part by part: for "draft: 2 changes", for conflicts and for versions. */
import { canonicalJson, type Json } from '../../../contract/types.ts';
import type { Workflow } from '../../../contract/workflow.ts';

export type PartKind = 'node' | 'transition' | 'note' | 'workflow';
export interface Difference {
  kind: PartKind;
  /** Id of the node, transition or note; for the workflow the name of the setting. */
  id: string;
  change: 'added' | 'removed' | 'changed' | 'moved';
}
interface Part {
  id: string;
}

export function findDifferences(from: Workflow, to: Workflow): Difference[] {
  if (from === to) return [];
  return [
    ...compareParts('node', from.nodes, to.nodes),
    ...compareParts('transition', from.transitions, to.transitions),
    ...compareParts('note', from.notes ?? [], to.notes ?? []),
    ...(['label', 'description', 'settings'] as const)
      .filter((name) => !same(from[name] ?? null, to[name] ?? null))
      .map((name): Difference => ({ kind: 'workflow', id: name, change: 'changed' })),
  ];
}

/** Cheaper than findDifferences: stops at the first. */
export function differs(from: Workflow | null, to: Workflow | null): boolean {
  if (from === to || !from || !to) return from !== to;
  return findDifferences(from, to).length > 0;
}

/** Whether a run of one goes another way than a run of the other: where parts stand, notes and names of the whole do not matter. */
export function runsOtherwise(from: Workflow, to: Workflow): boolean {
  return findDifferences(from, to).some(
    ({ kind, id, change }) => change !== 'moved' && kind !== 'note' && (kind !== 'workflow' || id === 'settings'),
  );
}

/** Identity first: parts that were not touched are the same object. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a as Json) === canonicalJson(b as Json);
}

function compareParts(kind: PartKind, from: readonly Part[], to: readonly Part[]): Difference[] {
  if (from === to) return [];
  const before = new Map(from.map((part) => [part.id, part]));
  const after = new Map(to.map((part) => [part.id, part]));
  const removed = from
    .filter((part) => !after.has(part.id))
    .map((part): Difference => ({ kind, id: part.id, change: 'removed' }));
  return [...removed, ...to.flatMap((part) => comparePart(kind, before.get(part.id), part))];
}

function comparePart(kind: PartKind, before: Part | undefined, after: Part): Difference[] {
  if (!before) return [{ kind, id: after.id, change: 'added' }];
  if (same(before, after)) return [];
  const still = { x: 0, y: 0 };
  const moved = same({ ...before, ...still }, { ...after, ...still });
  return [{ kind, id: after.id, change: moved ? 'moved' : 'changed' }];
}
