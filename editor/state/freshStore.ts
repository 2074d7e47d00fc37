/**
 * Nodes just added, with the paths of their settings that a person has touched since. What is still to be filled in is no
 * mistake yet: it stays quiet until it was touched, or until the drawing is saved or run.
 */
import { create } from 'zustand';
import type { Issue } from '../../contract/errors.ts';

type Touched = ReadonlyMap<string, ReadonlySet<string>>;
interface Fresh {
  touched: Touched;
}

export const useFresh = create<Fresh>(() => ({ touched: new Map() }));

export function markFresh(nodeId: string): void {
  useFresh.setState(({ touched }) => ({ touched: new Map(touched).set(nodeId, new Set()) }));
}

/** A check of the drawing as it stands is still to come: what is known of it is older. */
let checkIsDue = false;
let unchecked: [nodeId: string, paths: readonly string[]][] = [];

/** From now on it is touched with the next check: the problem that is known of it may just have been mended. */
export function touchChanged(nodeId: string, paths: readonly string[]): void {
  unchecked.push([nodeId, paths]);
}

/** Who leaves a field empty has touched it too. */
export function touchLeft(nodeId: string, path: string): void {
  if (checkIsDue) unchecked.push([nodeId, [path]]);
  else touch(nodeId, [path]);
}

export function beginCheck(): void {
  checkIsDue = true;
}

/** Its problems are known now. */
export function endCheck(): void {
  checkIsDue = false;
  const checked = unchecked;
  unchecked = [];
  for (const [nodeId, paths] of checked) touch(nodeId, paths);
}

/** Does nothing for a node that is fresh no more. */
function touch(nodeId: string, paths: readonly string[]): void {
  const { touched } = useFresh.getState();
  const known = touched.get(nodeId);
  if (!known || paths.every((path) => known.has(path))) return;
  useFresh.setState({ touched: new Map(touched).set(nodeId, new Set([...known, ...paths])) });
}

/** The drawing was saved or run: from now on every problem counts. */
export function settleFresh(): void {
  if (useFresh.getState().touched.size > 0) useFresh.setState({ touched: new Map() });
}

export function isQuiet(touched: Touched, { nodeId, path }: Pick<Issue, 'nodeId' | 'path'>): boolean {
  const paths = nodeId === undefined ? undefined : touched.get(nodeId);
  if (!paths) return false;
  if (!path) return true;
  return ![...paths].some((one) => one === path || one.startsWith(`${path}.`));
}

/** The paths whose values differ. An item that was added touches its list, not what is still empty in it. */
export function changedPaths(before: unknown, after: unknown, path = ''): string[] {
  if (Object.is(before, after)) return [];
  if (!isParts(before) || !isParts(after)) return [path];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    if (!(key in before && key in after)) return [path === '' ? key : path];
    return changedPaths(before[key], after[key], path === '' ? key : `${path}.${key}`);
  });
}

const isParts = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
