import { z } from 'zod';
import { defineNode } from '../../contract/node.ts';
import { configIssue } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { successPort } from '../kit/ports.ts';

const shape = z.strictObject({
  /** Id of the node whose rows go on; empty: the first transition that was drawn. */
  primary: z.string().max(64).default(''),
});
export type AndJoinConfig = z.output<typeof shape>;

const defaults: AndJoinConfig = { primary: '' };
const read = tolerant(shape, defaults);

export const definition = defineNode<AndJoinConfig>({
  type: 'and-join',
  label: 'AND-join',
  description: 'Waits until every inbound transition has arrived, then goes on once with the rows of one of them.',
  group: 'flow',
  icon: 'IconArrowsJoin',
  keywords: ['wait for all', 'synchronise', 'join', 'primary set', 'main set', 'merge branches'],
  config: shape,
  defaults,
  form: [
    {
      kind: 'input',
      name: 'primary',
      label: 'Primary set',
      hint: 'The rows of this input go on; the variables of all inputs are merged. Empty: the first one that was drawn.',
      optional: true,
    },
  ],
  inputs: { min: 2, max: null, join: 'all', rows: 'optional' },
  starts: null,
  ports: () => [successPort],
  columns: (config, inputs) => {
    const { primary } = read(config);
    const chosen = primary === '' ? inputs[0] : inputs.find((input) => input.fromNode === primary);
    return { success: chosen?.columns ?? null };
  },
  check: ({ primary }, scope) => {
    const known = primary === '' || scope.inputs.some((input) => input.fromNode === primary);
    return known ? [] : [configIssue(scope, 'primary', 'no inbound transition comes from there, choose another one')];
  },
  summary: (config) => (read(config).primary === '' ? 'waits for all inputs' : 'waits for all · chosen rows go on'),
});
