import { useApi } from '../api/queries.ts';
import { t } from '../texts/t.ts';
import classes from './Navigation.module.css';

/** Some alarms are raised without a run that changes, for example a start that is late. */
const lookEvery = 30_000;

/** How many alarms are raised that nobody looks after yet. */
export function AlarmBadge() {
  const alarms = useApi('listAlarms', {}, { every: lookEvery }).data ?? [];
  const open = alarms.filter((alarm) => alarm.state === 'raised' && alarm.acknowledgedAt === null);
  if (open.length === 0) return null;
  const severe = open.some((alarm) => alarm.severity === 'error');
  return (
    <span
      className={classes.badge}
      data-severity={severe ? 'error' : 'warning'}
      title={t('alarms.raised', { count: open.length })}
    >
      {open.length}
    </span>
  );
}
