/** What Intersection and Exclusion have in common: records of a primary set, compared with those of all other inputs. */
import { z } from 'zod';
import type { Issue } from '../../contract/errors.ts';
import type { FormField } from '../../contract/form.ts';
import type { CheckScope, InputColumns, Port } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { tolerant } from './config.ts';
import { primaryFirst, primaryIssues } from './joins.ts';
import { complementPort, successPort } from './ports.ts';
import { keysField, keyText, refineSameness, samenessIssues, setKeysSchema } from './sets.ts';

const shape = z.strictObject({
  sameBy: z.enum(['keys', 'shared']).default('shared'),
  keys: setKeysSchema.default([]),
  /** Id of the node whose rows go on; empty: the first transition that was drawn. */
  primary: z.string().max(64).default(''),
  complement: z.boolean().default(false),
});
export type PrimarySetConfig = z.output<typeof shape>;

const defaults: PrimarySetConfig = { sameBy: 'shared', keys: [], primary: '', complement: false };
const read = tolerant(shape, defaults);

const ports = (config: unknown): Port[] => [successPort, ...(read(config).complement ? [complementPort] : [])];

/** Both ports give the columns of the primary set. */
function columns(config: unknown, inputs: InputColumns[]): Record<string, Column[] | null> {
  const primary = primaryFirst(inputs, read(config).primary)[0]?.columns ?? null;
  return Object.fromEntries(ports(config).map((port) => [port.name, primary]));
}

const check = (config: PrimarySetConfig, scope: CheckScope): Issue[] => [
  ...samenessIssues(config, scope),
  ...primaryIssues(config.primary, scope),
];

/** The parts of a definition that are the same for both. */
export const primarySet = {
  config: shape.superRefine(refineSameness),
  defaults,
  inputs: { min: 2, max: null, join: 'all', rows: 'required' },
  starts: null,
  ports,
  columns,
  check,
} as const;

export const sameByFields: FormField[] = [
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
];

/** What stands behind "by" in a summary. */
export const sameByText = (config: unknown): string => keyText(read(config)) || '…';
