/** Node types, found by folder. */
import type { NodeCatalog, NodeDefinition } from '../../contract/node.ts';
import type { NodePanel } from '../../nodes/kit/panel/context.ts';

type Definition = NodeDefinition<Record<string, unknown>>;

const found = import.meta.glob<Definition>('../../nodes/*/definition.ts', { eager: true, import: 'definition' });
const panels = import.meta.glob<{ default: NodePanel }>('../../nodes/*/Panel.tsx');

export const nodeCatalog: NodeCatalog = new Map(
  Object.values(found).map((definition) => [definition.type, definition] as const),
);

/** Loads the panel that a node type brings along; null where the form of its definition is the panel. */
export function panelLoader(type: string): (() => Promise<{ default: NodePanel }>) | null {
  return panels[`../../nodes/${type}/Panel.tsx`] ?? null;
}
