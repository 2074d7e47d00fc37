import { randomUUID } from 'node:crypto';
import type { Recipient } from '../../../contract/alarm.ts';
import { RetryLater, toErrorReply, UserError } from '../../../contract/errors.ts';
import { audited } from '../../access/audit.ts';
import { acknowledgeAlarm, listAlarms } from '../../alarms/list.ts';
import { readRecipients, writeRecipients } from '../../alarms/recipients.ts';
import { deliver } from '../../alarms/send.ts';
import type { Instance } from '../../instance.ts';
import { changeBy } from '../change.ts';
import type { HandlersOf } from '../route.ts';

type Names = 'listAlarms' | 'acknowledgeAlarm' | 'getAlarmRecipients' | 'setAlarmRecipients' | 'testAlarm';

export function alarmHandlers(instance: Instance): HandlersOf<Names> {
  const { db } = instance;
  return {
    listAlarms: ({ query }) => listAlarms(db, query),
    acknowledgeAlarm: async ({ actor, param }) => {
      const id = Number(param('alarm'));
      if (!Number.isSafeInteger(id)) throw new UserError('NOT_FOUND', { what: `The alarm ${param('alarm')}` });
      const alarm = await changeBy(instance, actor, (change) => acknowledgeAlarm(change, id));
      // A nudge for runs is one for their alarms, too.
      instance.feed.publish('runs');
      return alarm;
    },
    getAlarmRecipients: () => readRecipients(db),
    setAlarmRecipients: async ({ actor, body: { recipients } }) => {
      await changeBy(instance, actor, async (change) => {
        const before = await readRecipients(change.tx);
        await writeRecipients(change.tx, recipients);
        await audited(change, 'alarm.recipients', 'instance', before, recipients);
      });
      return readRecipients(db);
    },
    testAlarm: async ({ actor, body }) => {
      const verdict = await trySending(instance, body);
      await changeBy(instance, actor, (change) =>
        audited(change, 'alarm.test', `connection:${body.connection}`, null, { to: body.to, ...verdict }),
      );
      return verdict;
    },
  };
}

async function trySending(
  { db, clock, remote }: Instance,
  { connection, to }: Recipient,
): Promise<{ ok: boolean; message: string }> {
  const message = 'This is a test: messages of alarms arrive here.';
  const about = { kind: 'test', severity: 'warning', workflow: '', node: '', runId: null } as const;
  const body = { id: randomUUID(), change: 'test', ...about, message, at: clock.now().toISOString() } as const;
  try {
    await deliver({ db, clock, withClient: remote.withClient }, connection, to, body);
    return { ok: true, message: 'The message was taken.' };
  } catch (error) {
    if (!(error instanceof UserError || error instanceof RetryLater)) throw error;
    const reply = toErrorReply(error);
    return { ok: false, message: `${reply.message} ${reply.action}` };
  }
}
