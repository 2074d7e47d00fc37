/** Unsaved edits are kept in this browser, so that a closed tab or a lost connection loses nothing. */
import type { Workflow } from '../../contract/workflow.ts';

export interface Unsaved {
  workflow: Workflow;
  /** What it was made from, and that revision: with a newer one on the server, the two are merged. */
  base: Workflow;
  revision: number;
  /** ISO. */
  at: string;
}

const keyOf = (internalName: string): string => `syncline:unsaved:${internalName}`;

/** Throws what the storage throws, for example when it is full. */
export function keepUnsaved(storage: Storage, unsaved: Unsaved): void {
  storage.setItem(keyOf(unsaved.workflow.internalName), JSON.stringify(unsaved));
}

export function readUnsaved(storage: Storage, internalName: string): Unsaved | null {
  const text = storage.getItem(keyOf(internalName));
  if (text === null) return null;
  try {
    return JSON.parse(text) as Unsaved;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    dropUnsaved(storage, internalName);
    return null;
  }
}

export function dropUnsaved(storage: Storage, internalName: string): void {
  storage.removeItem(keyOf(internalName));
}
