/** Node types, found by folder. */
import type { ComponentType } from 'react';
import type { NodeCatalog, NodeDefinition } from '../../contract/node.ts';

type Definition = NodeDefinition<Record<string, unknown>>;

const found = import.meta.glob<Definition>('../../nodes/*/definition.ts', { eager: true, import: 'definition' });
const panels = import.meta.glob<Record<string, ComponentType<never>>>('../../nodes/*/Panel.tsx');

export const nodeCatalog: NodeCatalog = new Map(
  Object.values(found).map((definition) => [definition.type, definition] as const),
);

/** Loads the panel that a node type brings along; null where the form of its definition is the panel. */
export function panelLoader(type: string): (() => Promise<Record<string, ComponentType<never>>>) | null {
  return panels[`../../nodes/${type}/Panel.tsx`] ?? null;
}
