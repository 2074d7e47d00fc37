import { z } from 'zod';
import type { InputColumns } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { tolerant } from '../kit/config.ts';
import { primaryField, primaryFirst, primaryIssues } from '../kit/joins.ts';
import { successPort } from '../kit/ports.ts';
import {
  allColumns,
  keysField,
  keyText,
  refineSameness,
  samenessIssues,
  setKeysSchema,
  sharedColumns,
} from '../kit/sets.ts';

const shape = z.strictObject({
  sameBy: z.enum(['keys', 'shared', 'none']).default('shared'),
  keys: setKeysSchema.default([]),
  columns: z.enum(['primary', 'shared', 'all']).default('primary'),
  /** Id of the node whose rows win; empty: the first transition that was drawn. */
  primary: z.string().max(64).default(''),
});
export type UnionConfig = z.output<typeof shape>;

const defaults: UnionConfig = { sameBy: 'shared', keys: [], columns: 'primary', primary: '' };
const read = tolerant(shape, defaults);

/** The columns that leave, of inputs with the primary one in front. */
export function unionColumns(mode: UnionConfig['columns'], lists: readonly (readonly Column[])[]): Column[] {
  if (mode === 'all') return allColumns(lists);
  return mode === 'shared' ? sharedColumns(lists) : [...(lists[0] ?? [])];
}

function columns(given: unknown, inputs: InputColumns[]): Column[] | null {
  const { columns: mode, primary } = read(given);
  const lists = primaryFirst(inputs, primary).map((input) => input.columns);
  if (mode === 'primary') return lists[0] ?? null;
  const known = lists.flatMap((list) => (list ? [list] : []));
  return known.length < lists.length || known.length === 0 ? null : unionColumns(mode, known);
}

export const definition = defineNode<UnionConfig>({
  type: 'union',
  label: 'Union',
  description: 'Waits for all inputs and puts their records together, each once or all of them.',
  group: 'data',
  icon: 'IconCirclesRelation',
  keywords: ['combine', 'merge', 'append', 'concatenate', 'reconciliation', 'put together'],
  config: shape.superRefine(refineSameness),
  defaults,
  form: [
    {
      kind: 'choice',
      name: 'sameBy',
      label: 'Records of several inputs',
      display: 'select',
      choices: [
        { value: 'shared', label: 'once, if all shared columns are equal' },
        { value: 'keys', label: 'once, if chosen keys are equal' },
        { value: 'none', label: 'keep all', hint: 'Also those that are in several inputs, or twice in one.' },
      ],
      hint: 'What remains of records that are the same comes from the primary set, else from the input drawn first.',
    },
    keysField,
    {
      kind: 'choice',
      name: 'columns',
      label: 'Columns',
      display: 'select',
      choices: [
        { value: 'primary', label: 'those of the primary set' },
        { value: 'shared', label: 'those that all inputs have' },
        { value: 'all', label: 'all of them', hint: 'Empty where an input lacks a column.' },
      ],
    },
    primaryField('Its records win. Empty: the first one that was drawn. An input along which nothing came is empty.'),
  ],
  inputs: { min: 2, max: null, join: 'all', rows: 'required' },
  starts: null,
  ports: () => [successPort],
  columns: (config, inputs) => ({ success: columns(config, inputs) }),
  check: (config, scope) => [...samenessIssues(config, scope), ...primaryIssues(config.primary, scope)],
  summary: (config) => {
    const given = read(config);
    return given.sameBy === 'none' ? 'keeps all records' : `each once by ${keyText(given) || '…'}`;
  },
});
