import { z } from 'zod';
import type { Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { tolerant } from '../kit/config.ts';
import { declaredColumns, declaredColumnsField, declaredColumnsSchema, refineDeclared } from '../kit/declared.ts';
import { bareSuccessPort, successPort } from '../kit/ports.ts';

const shape = z.strictObject({
  /** Of rows that a calling workflow gives; none: it takes none. */
  columns: declaredColumnsSchema,
});
export type StartConfig = z.output<typeof shape>;

const defaults: StartConfig = { columns: [] };
const read = tolerant(shape, defaults);

const ports = (config: unknown): Port[] => [read(config).columns.length > 0 ? successPort : bareSuccessPort];

export const definition = defineNode<StartConfig>({
  type: 'start',
  label: 'Start',
  description: 'The workflow begins here when a person, the API or another workflow starts it.',
  group: 'flow',
  icon: 'IconPlayerPlay',
  keywords: ['begin', 'manual', 'initial', 'run'],
  config: shape.superRefine(({ columns }, ctx) => refineDeclared(columns, 'columns', ctx)),
  defaults,
  form: [
    declaredColumnsField({
      name: 'columns',
      label: 'Rows from a calling workflow',
      hint: 'Columns of the rows that a Sub-workflow node gives. Started in another way, it begins with no rows.',
    }),
  ],
  inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
  starts: 'manual',
  ports,
  columns: (config) => ({ success: declaredColumns(read(config).columns) }),
  summary: (config) => {
    const count = read(config).columns.length;
    return count > 0 ? `takes rows with ${count} columns` : 'by hand or by API';
  },
});
