import { defineNode } from '../../contract/node.ts';
import { primaryField } from '../kit/joins.ts';
import { type PrimarySetConfig, primarySet, sameByFields, sameByText } from '../kit/primarySet.ts';

export type IntersectionConfig = PrimarySetConfig;

export const definition = defineNode<IntersectionConfig>({
  ...primarySet,
  type: 'intersection',
  label: 'Intersection',
  description: 'Waits for all inputs and lets the records pass that are in every one of them.',
  group: 'data',
  icon: 'IconCircles',
  keywords: ['common', 'in all', 'both', 'overlap', 'reconciliation', 'complement'],
  form: [
    ...sameByFields,
    primaryField('Its rows and columns go on. Empty: the first one that was drawn.'),
    {
      kind: 'switch',
      name: 'complement',
      label: 'Output for the complement',
      hint: 'Records of any input that are not in all of them, each once, with the columns of the primary set.',
    },
  ],
  summary: (config) => `in all inputs by ${sameByText(config)}`,
});
