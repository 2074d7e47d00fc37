import { z } from 'zod';
import { defineNode } from '../../contract/node.ts';
import { tolerant } from '../kit/config.ts';
import { primaryField, primaryIssues } from '../kit/joins.ts';
import { successPort } from '../kit/ports.ts';

const shape = z.strictObject({
  /** Id of the node whose rows go on; empty: the first that arrived, in the order of the drawing. */
  primary: z.string().max(64).default(''),
  /** Which value counts when a variable comes with different ones. */
  conflicts: z.enum(['last', 'primary', 'fail']).default('last'),
});
export type AndJoinConfig = z.output<typeof shape>;

const defaults: AndJoinConfig = { primary: '', conflicts: 'last' };
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
    primaryField(
      'The rows of this input go on; the variables of all inputs are merged. Empty: the first that arrived, in the order of the drawing.',
    ),
    {
      kind: 'choice',
      name: 'conflicts',
      label: 'When inputs disagree about a variable',
      display: 'select',
      hint: 'Those that differ are named in the log.',
      choices: [
        { value: 'last', label: 'the input drawn last counts' },
        { value: 'primary', label: 'the primary set counts' },
        { value: 'fail', label: 'fail', hint: 'The node fails and names them.' },
      ],
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
  check: ({ primary }, scope) => primaryIssues(primary, scope),
  summary: (config) => (read(config).primary === '' ? 'waits for all inputs' : 'waits for all · chosen rows go on'),
});
