import { z } from 'zod';
import type { Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { tolerant } from '../kit/config.ts';
import { primaryField, primaryFirst, primaryIssues } from '../kit/joins.ts';
import { complementPort, successPort } from '../kit/ports.ts';
import { keysField, keyText, refineSameness, samenessIssues, setKeysSchema } from '../kit/sets.ts';

const shape = z.strictObject({
  sameBy: z.enum(['keys', 'shared']).default('shared'),
  keys: setKeysSchema.default([]),
  /** Id of the node whose rows go on unless another input has them; empty: the first transition that was drawn. */
  primary: z.string().max(64).default(''),
  complement: z.boolean().default(false),
});
export type ExclusionConfig = z.output<typeof shape>;

const defaults: ExclusionConfig = { sameBy: 'shared', keys: [], primary: '', complement: false };
const read = tolerant(shape, defaults);

const ports = (config: unknown): Port[] => [successPort, ...(read(config).complement ? [complementPort] : [])];

export const definition = defineNode<ExclusionConfig>({
  type: 'exclusion',
  label: 'Exclusion',
  description: 'Waits for all inputs and lets the records of the primary set pass that no other input has.',
  group: 'data',
  icon: 'IconCircleMinus',
  keywords: ['except', 'minus', 'without', 'suppress', 'blocklist', 'complement', 'main set'],
  config: shape.superRefine(refineSameness),
  defaults,
  form: [
    primaryField('The others are taken away from it. Empty: the first one that was drawn.'),
    {
      kind: 'choice',
      name: 'sameBy',
      label: 'Records are the same if',
      display: 'select',
      choices: [
        { value: 'shared', label: 'all shared columns are equal' },
        { value: 'keys', label: 'chosen keys are equal' },
      ],
    },
    keysField,
    {
      kind: 'switch',
      name: 'complement',
      label: 'Output for the complement',
      hint: 'Records of the primary set that were taken away leave there; otherwise they are dropped.',
    },
  ],
  inputs: { min: 2, max: null, join: 'all', rows: 'required' },
  starts: null,
  ports,
  columns: (config, inputs) => {
    const columns = primaryFirst(inputs, read(config).primary)[0]?.columns ?? null;
    return Object.fromEntries(ports(config).map((port) => [port.name, columns]));
  },
  check: (config, scope) => [...samenessIssues(config, scope), ...primaryIssues(config.primary, scope)],
  summary: (config) => `only in the primary set by ${keyText(read(config)) || '…'}`,
});
