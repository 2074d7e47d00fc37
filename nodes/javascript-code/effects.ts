import type { Effect } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';

/** What a script set becomes true when its task does. */
export function effectsOf(left: { options: Record<string, string>; instanceVars: Record<string, Json> }): Effect[] {
  return [
    ...Object.entries(left.options).map(([name, value]): Effect => ({ type: 'setOption', name, value })),
    ...Object.entries(left.instanceVars).map(([name, value]): Effect => ({ type: 'setInstanceVar', name, value })),
  ];
}
