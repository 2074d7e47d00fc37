import { z } from 'zod';
import { defineNode } from '../../contract/node.ts';
import { tolerant } from '../kit/config.ts';

const shape = z.strictObject({ stopAll: z.boolean().default(false) });
export type EndConfig = z.output<typeof shape>;

const defaults: EndConfig = { stopAll: false };
const read = tolerant(shape, defaults);

export const definition = defineNode<EndConfig>({
  type: 'end',
  label: 'End',
  description: 'A branch ends here; it can end the whole run with everything still in progress.',
  group: 'flow',
  icon: 'IconFlag',
  keywords: ['stop', 'finish', 'stop all tasks in progress', 'terminate'],
  config: shape,
  defaults,
  form: [
    {
      kind: 'switch',
      name: 'stopAll',
      label: 'Stop all tasks in progress',
      hint: 'The run ends as soon as this node is reached: what still works or waits in other branches is stopped.',
    },
  ],
  inputs: { min: 1, max: null, join: 'each', rows: 'optional' },
  starts: null,
  returns: true,
  ports: () => [],
  columns: () => ({}),
  summary: (config) => (read(config).stopAll ? 'stops all tasks in progress' : 'ends this branch'),
});
