import { UserError } from '../../contract/errors.ts';
import type { Evaluated } from '../../contract/filter.ts';
import type { Json } from '../../contract/types.ts';
import type { SandboxContext } from '../../sandbox/index.ts';
import { Sandbox } from '../../sandbox/index.ts';
import type { Clock } from '../db/clock.ts';
import type { Db } from '../db/transaction.ts';
import { listOptions } from '../options/options.ts';

export interface Evaluator {
  /** Throws UserError EXPRESSION_FAILED. */
  evaluate(expression: string, vars: Record<string, Json>): Promise<Evaluated>;
  close(): Promise<void>;
}

/** Right sides of filters while drawing: the options as they are, variables as far as the editor knows them. Its thread starts with the first use. */
export function createEvaluator(host: { db: Db; clock: Clock; timeZone: string }): Evaluator {
  let sandbox: Sandbox | undefined;
  return {
    async evaluate(expression, vars) {
      sandbox ??= new Sandbox({ workers: 1 });
      const result = await sandbox.evaluate({ expression, context: await previewContext(host, vars) });
      if (!result.ok)
        throw new UserError('EXPRESSION_FAILED', { expression: expression.slice(0, 200), reason: result.message });
      return { value: result.value, isDate: result.isDate === true, isUndefined: result.isUndefined === true };
    },
    close: async () => sandbox?.close(),
  };
}

async function previewContext(
  { db, clock, timeZone }: { db: Db; clock: Clock; timeZone: string },
  vars: Record<string, Json>,
): Promise<SandboxContext> {
  const options = await listOptions(db);
  return {
    vars,
    instance: { vars: {}, internalName: '', label: '' },
    activityName: '',
    activity: { name: '', label: '' },
    task: { id: '', attempt: 1 },
    event: vars,
    options: Object.fromEntries(options.map(({ name, value }) => [name, value])),
    now: clock.now().toISOString(),
    timeZone,
  };
}
