import type { NodeCatalog, NodeDefinition, NodeGroup } from '../../contract/node.ts';
import { foldText } from '../../contract/types.ts';

type Definition = NodeDefinition<Record<string, unknown>>;
const groupOrder: readonly NodeGroup[] = ['sources', 'data', 'code', 'flow', 'targets'];

/** The node types that fit a query, by group in the palette's order; with a query, the best match first in each. */
export function searchNodes(catalog: NodeCatalog, query: string): { group: NodeGroup; definitions: Definition[] }[] {
  const words = foldText(query).split(/\s+/).filter(Boolean);
  const fitting = [...catalog.values()]
    .map((definition) => ({ definition, score: scoreOf(definition, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.definition.label.localeCompare(b.definition.label, 'en'));
  const groups = Map.groupBy(fitting, ({ definition }) => definition.group);
  return groupOrder.flatMap((group) => {
    const found = groups.get(group);
    return found ? [{ group, definitions: found.map(({ definition }) => definition) }] : [];
  });
}

/** The same as one list, best match first whatever its group: what Enter takes. */
export function rankNodes(catalog: NodeCatalog, query: string): Definition[] {
  const words = foldText(query).split(/\s+/).filter(Boolean);
  return searchNodes(catalog, query)
    .flatMap(({ definitions }) => definitions)
    .sort((a, b) => scoreOf(b, words) - scoreOf(a, words));
}

/** Every word has to be found somewhere; the name counts more than keywords, those more than the description. */
function scoreOf(definition: Definition, words: readonly string[]): number {
  const label = foldText(definition.label);
  const scores = words.map((word) => {
    if (label.startsWith(word)) return 8;
    if (label.includes(` ${word}`)) return 6;
    if (label.includes(word)) return 5;
    if (definition.keywords.some((keyword) => foldText(keyword).startsWith(word))) return 3;
    if (definition.keywords.some((keyword) => foldText(keyword).includes(word))) return 2;
    return foldText(definition.description).includes(word) ? 1 : 0;
  });
  return scores.includes(0) ? 0 : scores.reduce<number>((sum, score) => sum + score, 1);
}
