import { UserError } from '../../../contract/errors.ts';
import { isFinal } from '../../../contract/run.ts';
import { audited } from '../../access/audit.ts';
import { inRun } from '../../db/transaction.ts';
import type { Instance } from '../../instance.ts';
import { liftHold } from '../../keeping/hold.ts';
import { markPurged } from '../../keeping/purge.ts';
import { readSizes } from '../../keeping/sizes.ts';
import { readRun } from '../../runs/readRuns.ts';
import { changeBy } from '../change.ts';
import type { HandlersOf } from '../route.ts';

type Names = 'getStorage' | 'purgeRun' | 'confirmRestore';

export function keepingHandlers(instance: Instance): HandlersOf<Names> {
  const { db, stores, config, clock } = instance;
  return {
    getStorage: () => readSizes({ db, stores, folder: config.data, floorBytes: config.diskFloorMB * 1_000_000 }),
    purgeRun: async ({ actor, param }) => {
      const id = param('run');
      await inRun(db, id, async (tx) => {
        if (!isFinal((await readRun(tx, id)).state)) throw new UserError('RUN_ACTIVE');
        await markPurged(tx, id);
        await audited({ tx, actor, now: clock.now() }, 'run.purge', `run:${id}`);
      });
      instance.engine.nudge();
      instance.feed.publish('runs');
      return { ok: true };
    },
    confirmRestore: async ({ actor }) => {
      await changeBy(instance, actor, async (change) => {
        if (await liftHold(change.tx)) await audited(change, 'instance.confirm', 'instance');
      });
      instance.engine.nudge();
      return { ok: true };
    },
  };
}
