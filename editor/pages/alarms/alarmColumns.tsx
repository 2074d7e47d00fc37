import { IconAlertTriangleFilled, IconSquareRotatedFilled } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { formatExactInstant, formatNumber } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { ListColumn } from '../frame/listColumn.ts';
import { Mark } from '../frame/Mark.tsx';
import { When } from '../frame/When.tsx';
import { AcknowledgeButton } from './AcknowledgeButton.tsx';
import classes from './alarms.module.css';

export type Alarm = Reply<'listAlarms'>[number];

/** `over`: only those that are over are listed, with when that was. */
export const alarmColumns = (over: boolean): ListColumn<Alarm>[] => [
  { key: 'message', head: t('alarms.column.message'), cell: (alarm) => <Message alarm={alarm} /> },
  {
    key: 'kind',
    head: t('alarms.column.kind'),
    width: 130,
    from: 'medium',
    sort: (alarm) => t(`alarms.kind.${alarm.kind}`),
    cell: (alarm) => t(`alarms.kind.${alarm.kind}`),
  },
  {
    key: 'workflow',
    head: t('alarms.column.workflow'),
    width: 220,
    sort: (alarm) => alarm.workflowLabel,
    cell: (alarm) => (alarm.workflow ? <Place alarm={alarm} /> : t('list.none')),
  },
  {
    key: 'since',
    head: t(over ? 'alarms.column.over' : 'alarms.column.since'),
    width: 116,
    sort: (alarm) => alarm.since,
    cell: (alarm) => <When at={alarm.since} />,
  },
  {
    key: 'times',
    head: t('alarms.column.times'),
    width: 72,
    align: 'right',
    from: 'wide',
    sort: (alarm) => alarm.times,
    cell: (alarm) => formatNumber(alarm.times),
  },
  { key: 'told', head: t('alarms.column.told'), width: 92, from: 'wide', cell: (alarm) => <Told alarm={alarm} /> },
  {
    key: 'actions',
    head: t('alarms.column.actions'),
    width: 148,
    align: 'right',
    hideHead: true,
    cell: (alarm) => <Handling alarm={alarm} />,
  },
];

/** The workflow by its label, and below it the node, or what the workflow is called inside. */
function Place({ alarm: { workflow, workflowLabel, node, nodeLabel } }: { alarm: Alarm }) {
  const path = `/workflows/${workflow}`;
  return (
    <>
      <Link to={path} className={classes.link} title={workflow}>
        {workflowLabel}
      </Link>
      <span className={classes.second}>
        {nodeLabel === null ? (
          <code>{workflow}</code>
        ) : (
          <Link to={`${path}?node=${node}`} className={classes.link} aria-label={t('alarms.node', { name: nodeLabel })}>
            {nodeLabel}
          </Link>
        )}
      </span>
    </>
  );
}

function Message({ alarm: { severity, message, runId, workflowLabel, node, state } }: { alarm: Alarm }) {
  const error = severity === 'error';
  const tone = state === 'cleared' ? 'mute' : error ? 'err' : 'rej';
  const Icon = error ? IconAlertTriangleFilled : IconSquareRotatedFilled;
  return (
    <span className={classes.message} title={message}>
      <Mark tone={tone} Icon={Icon} title={t(`alarms.severity.${severity}`)}>
        {runId ? (
          <Link
            data-primary
            className={classes.link}
            to={node ? `/runs/${runId}?node=${node}` : `/runs/${runId}`}
            title={t('alarms.run', { name: workflowLabel })}
          >
            {message}
          </Link>
        ) : (
          message
        )}
      </Mark>
    </span>
  );
}

/** How many messages have gone out; pointed at, what became of each. */
function Told({ alarm: { messages } }: { alarm: Alarm }) {
  if (messages.length === 0) return <span className={classes.faint}>{t('alarms.toldNobody')}</span>;
  const sent = messages.filter((message) => message.state === 'sent').length;
  const lines = messages.map(({ connection, to, state, error }) => {
    const name = to.length > 0 ? to.join(', ') : connection;
    return `${t('alarms.toldHint', { name, state: t(`alarms.message.${state}`) })}${error ? ` – ${error}` : ''}`;
  });
  return <span title={lines.join('\n')}>{t('alarms.toldSome', { sent, all: messages.length })}</span>;
}

function Handling({ alarm }: { alarm: Alarm }) {
  const { state, since, acknowledgedAt, acknowledgedBy } = alarm;
  if (state === 'cleared')
    return (
      <span className={classes.faint} title={t('alarms.overAt', { at: formatExactInstant(since) })}>
        {t('alarms.over')}
      </span>
    );
  if (acknowledgedAt === null) return <AcknowledgeButton alarm={alarm} />;
  const name = acknowledgedBy ?? '';
  return (
    <span
      className={classes.faint}
      title={t('alarms.acknowledgedAt', { at: formatExactInstant(acknowledgedAt), name })}
    >
      {t('alarms.acknowledged', { name })}
    </span>
  );
}
