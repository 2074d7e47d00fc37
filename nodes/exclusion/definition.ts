import { defineNode } from '../../contract/node.ts';
import { primaryField } from '../kit/joins.ts';
import { type PrimarySetConfig, primarySet, sameByFields, sameByText } from '../kit/primarySet.ts';

export type ExclusionConfig = PrimarySetConfig;

export const definition = defineNode<ExclusionConfig>({
  ...primarySet,
  type: 'exclusion',
  label: 'Exclusion',
  description: 'Waits for all inputs and lets the records of the primary set pass that no other input has.',
  group: 'data',
  icon: 'IconCircleMinus',
  keywords: ['except', 'minus', 'without', 'suppress', 'blocklist', 'complement', 'main set'],
  form: [
    primaryField('The others are taken away from it. Empty: the first one that was drawn.'),
    ...sameByFields,
    {
      kind: 'switch',
      name: 'complement',
      label: 'Output for the complement',
      hint: 'Records of the primary set that were taken away leave there; otherwise they are dropped.',
    },
  ],
  summary: (config) => `only in the primary set by ${sameByText(config)}`,
});
