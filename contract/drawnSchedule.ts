import type { NodeCatalog } from './node.ts';
import { parsedConfig } from './node.ts';
import type { Workflow } from './workflow.ts';

/**
 * What the nodes say that start runs by a schedule, in words: "every day at 02:00". null without one that is switched on.
 * It says nothing of whether the drawing is published: only then do they start anything.
 */
export function drawnSchedule({ nodes }: Pick<Workflow, 'nodes'>, catalog: NodeCatalog): string | null {
  const texts = nodes.flatMap((node) => {
    const definition = catalog.get(node.type);
    if (definition?.starts !== 'schedule' || node.execution === 'disabled') return [];
    return [definition.summary(parsedConfig(definition, node))];
  });
  return texts.length > 0 ? texts.join('; ') : null;
}
