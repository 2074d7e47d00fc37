import { IconAlertTriangleFilled } from '@tabler/icons-react';
import type { ExportDetail } from '../../../contract/exports.ts';
import { t } from '../../texts/t.ts';
import { Mark } from '../frame/Mark.tsx';
import classes from './export.module.css';

type Calls = NonNullable<ExportDetail['forecast']>;

/** What the export costs in calls of the CRM, its own plan included, beside what the CRM allows. */
export function Forecast({ forecast }: { forecast: Calls }) {
  const { planned, needed, used, allowed } = forecast;
  return (
    <div className={classes.forecast}>
      <div className={classes.calls}>
        <span className={classes.label}>{t('export.calls')}</span>
        {used !== null && <Used used={used} needed={needed} allowed={allowed} />}
      </div>
      <span>{t('export.callsForecast', { planned, needed })}</span>
      {used !== null && allowed !== null && allowed > 0 && <Budget used={used} needed={needed} allowed={allowed} />}
    </div>
  );
}

interface BudgetProps {
  /** What the CRM had counted, the calls of the plan among them. */
  used: number;
  needed: number;
  /** null: it does not say. */
  allowed: number | null;
}

function Used({ used, needed, allowed }: BudgetProps) {
  if (allowed === null) return <small>{t('export.callsUsed', { used })}</small>;
  const text = t('export.callsBudget', { used, allowed });
  if (used + needed <= allowed) return <small title={t('export.callsHint')}>{text}</small>;
  return (
    <small>
      <Mark tone="rej" Icon={IconAlertTriangleFilled} title={t('export.callsTooMany')}>
        {text}
      </Mark>
    </small>
  );
}

function Budget({ used, needed, allowed }: BudgetProps & { allowed: number }) {
  const share = (calls: number) => `${Math.min(100, (100 * calls) / allowed)}%`;
  return (
    <span className={classes.budget} data-over={used + needed > allowed || undefined} aria-hidden>
      <i style={{ width: share(used + needed) }} />
      <b style={{ width: share(used) }} />
    </span>
  );
}
