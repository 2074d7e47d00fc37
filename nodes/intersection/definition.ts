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
  /** Id of the node whose rows and columns go on; empty: the first transition that was drawn. */
  primary: z.string().max(64).default(''),
  complement: z.boolean().default(false),
});
export type IntersectionConfig = z.output<typeof shape>;

const defaults: IntersectionConfig = { sameBy: 'shared', keys: [], primary: '', complement: false };
const read = tolerant(shape, defaults);

const ports = (config: unknown): Port[] => [successPort, ...(read(config).complement ? [complementPort] : [])];

export const definition = defineNode<IntersectionConfig>({
  type: 'intersection',
  label: 'Intersection',
  description: 'Waits for all inputs and lets the records pass that are in every one of them.',
  group: 'data',
  icon: 'IconCircles',
  keywords: ['common', 'in all', 'both', 'overlap', 'reconciliation', 'complement'],
  config: shape.superRefine(refineSameness),
  defaults,
  form: [
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
    primaryField('Its rows and columns go on. Empty: the first one that was drawn.'),
    {
      kind: 'switch',
      name: 'complement',
      label: 'Output for the complement',
      hint: 'Records of any input that are not in all of them, each once, with the columns of the primary set.',
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
  summary: (config) => `in all inputs by ${keyText(read(config)) || '…'}`,
});
