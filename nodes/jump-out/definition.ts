import { z } from 'zod';
import { defineNode, jumpPort } from '../../contract/node.ts';
import { passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';

const shape = z.strictObject({ name: z.string().trim().min(1, 'give the jump a name or a number').max(64) });
export type JumpConfig = z.output<typeof shape>;

const defaults: JumpConfig = { name: '1' };
const read = tolerant(shape, defaults);

export const definition = defineNode<JumpConfig>({
  type: 'jump-out',
  label: 'Jump',
  description: 'Goes on at the end point of the same name, with the rows and variables that arrived.',
  group: 'flow',
  icon: 'IconArrowForwardUp',
  keywords: ['jump start point', 'go to', 'loop', 'link', 'connector'],
  config: shape,
  defaults,
  form: [
    {
      kind: 'text',
      name: 'name',
      label: 'Goes to',
      placeholder: '1',
      hint: 'The name or number of an end point. Several jumps may lead to the same one.',
    },
  ],
  inputs: { min: 1, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports: () => [jumpPort],
  columns: (_, inputs) => ({ [jumpPort.name]: passedColumns(inputs) }),
  jump: (config) => ({ point: 'out', name: read(config).name }),
  summary: (config) => `to ${read(config).name}`,
});
