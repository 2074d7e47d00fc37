import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { Recipient } from '../../../contract/alarm.ts';
import { call } from '../../api/call.ts';
import { showDone, showFailure } from '../../api/notices.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { RecipientList } from '../../panels/inspector/RecipientList.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { DetailPane } from '../frame/DetailPane.tsx';
import { QueryView } from '../frame/QueryView.tsx';
import classes from './alarms.module.css';

/** Who hears of alarms where a workflow names nobody. */
export function RecipientsPane({ onClose }: { onClose(): void }) {
  const recipients = useApi('getAlarmRecipients');
  return (
    <DetailPane title={t('alarms.recipients')} label={t('alarms.recipients')} onClose={onClose}>
      <QueryView query={recipients}>{(known) => <RecipientsForm known={known} />}</QueryView>
    </DetailPane>
  );
}

function RecipientsForm({ known }: { known: readonly Recipient[] }) {
  const admin = useMay('admin');
  const operator = useMay('operator');
  const [edited, setEdited] = useState<readonly Recipient[] | null>(null);
  const save = useChange('setAlarmRecipients', ['getAlarmRecipients']);
  const shown = edited ?? known;
  const submit = () =>
    save.mutate(
      { body: { recipients: [...shown] } },
      {
        onSuccess: () => {
          setEdited(null);
          showDone(t('alarms.recipientsSaved'));
        },
        onError: showFailure,
      },
    );
  return (
    <>
      <Text c="dimmed" mb="sm">
        {t(admin ? 'alarms.recipientsText' : 'alarms.recipientsOthers')}
      </Text>
      <RecipientList recipients={shown} readOnly={!admin} onChange={setEdited} />
      <div className={classes.buttons}>
        {admin && edited !== null && (
          <Button variant="filled" loading={save.isPending} onClick={submit}>
            {t('action.save')}
          </Button>
        )}
        {operator && known.map((recipient) => <TestButton key={JSON.stringify(recipient)} recipient={recipient} />)}
      </div>
    </>
  );
}

/** What came of the message is said at once: an address may be wrong, a server out of reach. */
function TestButton({ recipient }: { recipient: Recipient }) {
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      const { ok, message } = await call('testAlarm', { body: recipient });
      if (ok) showDone(message);
      else showFailure(new Error(message));
    } catch (error) {
      showFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const name = recipient.to.length > 0 ? recipient.to.join(', ') : recipient.connection;
  return (
    <Button loading={busy} title={t('alarms.testTo', { name })} onClick={() => void send()}>
      {t('alarms.test')}
    </Button>
  );
}
