import { UserError } from '../../contract/errors.ts';
import type { NodeInput, NodeRun } from '../kit/run.ts';
import type { AndJoinConfig } from './definition.ts';

export const run: NodeRun<AndJoinConfig> = async ({ config, inputs, node }) => {
  const primary = chooseInput(inputs, config.primary);
  if (!primary) throw new UserError('PRIMARY_MISSING', { node: node.label, from: config.primary });
  return { ports: { success: primary.table } };
};

function chooseInput(inputs: readonly NodeInput[], primary: string): NodeInput | undefined {
  return primary === '' ? inputs[0] : inputs.find((input) => input.fromNode === primary);
}
