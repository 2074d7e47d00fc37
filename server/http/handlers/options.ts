import { UserError } from '../../../contract/errors.ts';
import { actorText } from '../../access/actor.ts';
import { audited } from '../../access/audit.ts';
import type { Instance } from '../../instance.ts';
import {
  changeOption,
  deleteOption,
  listOptionChanges,
  listOptions,
  moveOption,
  readOption,
} from '../../options/options.ts';
import { changeBy } from '../change.ts';
import type { HandlersOf } from '../route.ts';

type Names = 'listOptions' | 'getOption' | 'setOption' | 'moveOption' | 'deleteOption';

export function optionHandlers(instance: Instance): HandlersOf<Names> {
  const { db } = instance;
  return {
    listOptions: () => listOptions(db),
    getOption: async (call) => {
      const name = call.param('option');
      const [option, history] = await Promise.all([readOption(db, name), listOptionChanges(db, name)]);
      if (!option) throw new UserError('NOT_FOUND', { what: `The option ${name}` });
      return { ...option, history };
    },
    setOption: async (call) => {
      const name = call.param('option');
      const { value, expected } = call.body;
      const option = await changeBy(instance, call.actor, async (change) => {
        const { tx, now } = change;
        const old = await readOption(tx, name);
        const write = { name, value, expected, by: actorText(call.actor), runId: null, at: now.toISOString() };
        const set = await changeOption(tx, write);
        await audited(change, 'option.set', `option:${name}`, old?.value ?? null, value);
        return set;
      });
      instance.feed.publish('options');
      return option;
    },
    moveOption: async (call) => {
      const name = call.param('option');
      const { to, keep } = call.body;
      const option = await changeBy(instance, call.actor, async (change) => {
        const { tx, now } = change;
        const move = { name, to, keep, by: actorText(call.actor), at: now.toISOString() };
        const moved = await moveOption(tx, move);
        await audited(change, keep ? 'option.copy' : 'option.move', `option:${name}`, name, to);
        return moved;
      });
      instance.feed.publish('options');
      return option;
    },
    deleteOption: async (call) => {
      const name = call.param('option');
      await changeBy(instance, call.actor, async (change) => {
        const { tx, now } = change;
        const by = actorText(call.actor);
        const old = await deleteOption(tx, { name, by, runId: null, at: now.toISOString() });
        await audited(change, 'option.delete', `option:${name}`, old);
      });
      instance.feed.publish('options');
      return { ok: true };
    },
  };
}
