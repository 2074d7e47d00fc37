import type { Workflow } from '../../contract/workflow.ts';

/** A start, then forks of one branch: nodes that do nothing. */
export function chain(internalName: string, length: number): Workflow {
  const node = (index: number): Workflow['nodes'][number] => ({
    id: `n${index}`,
    type: index === 0 ? 'start' : 'fork',
    name: `n${index}`,
    label: `n${index}`,
    x: index * 200,
    y: 0,
    config: index === 0 ? {} : { branches: [{ name: 'success' }] },
  });
  return {
    formatVersion: 1,
    internalName,
    label: internalName,
    settings: { concurrency: 'parallel' },
    nodes: Array.from({ length }, (_, index) => node(index)),
    transitions: Array.from({ length: length - 1 }, (_, index) => ({
      id: `t${index}`,
      from: `n${index}`,
      port: 'success',
      to: `n${index + 1}`,
    })),
  };
}
