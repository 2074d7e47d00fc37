import { z } from 'zod';
import { defineNode } from '../../contract/node.ts';
import { passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { successPort } from '../kit/ports.ts';

const shape = z.strictObject({ name: z.string().trim().min(1, 'give the end point a name or a number').max(64) });
export type JumpTargetConfig = z.output<typeof shape>;

const defaults: JumpTargetConfig = { name: '1' };
const read = tolerant(shape, defaults);

export const definition = defineNode<JumpTargetConfig>({
  type: 'jump-in',
  label: 'Jump end point',
  description: 'Where jumps of the same name go on.',
  group: 'flow',
  icon: 'IconArrowRampRight',
  keywords: ['jump', 'end point', 'go to', 'loop', 'label', 'link'],
  config: shape,
  defaults,
  form: [
    {
      kind: 'text',
      name: 'name',
      label: 'Name',
      placeholder: '1',
      hint: 'A name or number that no other end point of the workflow has.',
    },
  ],
  inputs: { min: 1, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports: () => [successPort],
  columns: (_, inputs) => ({ success: passedColumns(inputs) }),
  jump: (config) => ({ point: 'in', name: read(config).name }),
  summary: (config) => `reached by ${read(config).name}`,
});
