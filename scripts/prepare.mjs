import { ensureEditor } from './editor.mjs';
import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';

/** All that has to be there before a program of ours can run. Costs a few hashes when nothing has changed. */
export async function prepare() {
  await ensurePackages();
  findNode();
  await ensureEditor();
}
