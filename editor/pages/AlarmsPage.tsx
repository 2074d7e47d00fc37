import { Button, SegmentedControl } from '@mantine/core';
import { IconBell, IconMail } from '@tabler/icons-react';
import { useState } from 'react';
import { useApi } from '../api/queries.ts';
import { EmptyView } from '../shell/PageStates.tsx';
import { t } from '../texts/t.ts';
import { type Alarm, alarmColumns } from './alarms/alarmColumns.tsx';
import { RecipientsPane } from './alarms/RecipientsPane.tsx';
import { ListTable } from './frame/ListTable.tsx';
import { PageFrame } from './frame/PageFrame.tsx';
import { QueryView } from './frame/QueryView.tsx';
import { useParam } from './frame/useParam.ts';
import { useSort } from './frame/useSort.ts';

const choices = ['raised', 'cleared', 'all'] as const;

/** What somebody has to know of: raised, and over. */
export function AlarmsPage() {
  const alarms = useApi('listAlarms');
  const [state, setState] = useParam('state');
  const [recipients, setRecipients] = useState(false);
  const shown = choices.find((choice) => choice === state) ?? 'raised';
  const isShown = (alarm: Alarm) => shown === 'all' || alarm.state === shown;
  return (
    <PageFrame
      title={t('alarms.title')}
      aside={alarms.data && <span>{t('alarms.count', { count: alarms.data.filter(isShown).length })}</span>}
      actions={
        <Button
          leftSection={<IconMail size={15} aria-hidden />}
          aria-expanded={recipients}
          onClick={() => setRecipients(!recipients)}
        >
          {t('alarms.recipients')}
        </Button>
      }
      tools={
        <SegmentedControl
          aria-label={t('alarms.show')}
          value={shown}
          onChange={(next) => setState(next === 'raised' ? '' : next)}
          data={choices.map((value) => ({ value, label: t(`alarms.show.${value}`) }))}
        />
      }
    >
      <QueryView query={alarms}>{(all) => <AlarmList alarms={all.filter(isShown)} shown={shown} />}</QueryView>
      {recipients && <RecipientsPane onClose={() => setRecipients(false)} />}
    </PageFrame>
  );
}

function AlarmList({ alarms, shown }: { alarms: readonly Alarm[]; shown: (typeof choices)[number] }) {
  const [sort, setSort] = useSort({ key: 'since', direction: 'desc' });
  if (alarms.length === 0)
    return (
      <EmptyView
        title={t(shown === 'cleared' ? 'alarms.noneCleared' : 'alarms.none')}
        text={t('alarms.noneText')}
        icon={<IconBell size={28} stroke={1.5} color="var(--faint)" aria-hidden />}
      />
    );
  return (
    <ListTable
      label={t('alarms.title')}
      rows={alarms}
      columns={alarmColumns(shown === 'cleared')}
      rowKey={(alarm) => String(alarm.id)}
      rowHeight={46}
      sort={sort}
      onSort={setSort}
    />
  );
}
