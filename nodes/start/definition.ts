import { z } from 'zod';
import { defineNode } from '../../contract/node.ts';
import { bareSuccessPort } from '../kit/ports.ts';

const shape = z.strictObject({});

export const definition = defineNode<z.output<typeof shape>>({
  type: 'start',
  label: 'Start',
  description: 'The workflow begins here when a person, the API or another workflow starts it.',
  group: 'flow',
  icon: 'IconPlayerPlay',
  keywords: ['begin', 'manual', 'initial', 'run'],
  config: shape,
  defaults: {},
  form: [],
  inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
  starts: 'manual',
  ports: () => [bareSuccessPort],
  columns: () => ({ success: [] }),
  summary: () => 'by hand or by API',
});
