import { IconAlertTriangleFilled } from '@tabler/icons-react';
import type { ExportDetail, ExportStage } from '../../../contract/exports.ts';
import { t } from '../../texts/t.ts';
import { Mark } from '../frame/Mark.tsx';
import classes from './export.module.css';

type Calls = NonNullable<ExportDetail['forecast']>;

/** What the export costs in calls of the CRM, its own plan included, beside what the CRM allows; then what it has cost. */
export function Forecast({ forecast, stage }: { forecast: Calls; stage: ExportStage }) {
  const { planned, made, allowed } = forecast;
  const over = stage === 'settled' || stage === 'refused';
  const used = forecast.used === null ? null : forecast.used + (made ?? 0);
  const needed = over ? 0 : Math.max(0, forecast.needed - (made ?? 0));
  return (
    <div className={classes.forecast}>
      <div className={classes.calls}>
        <span className={classes.label}>{t('export.calls')}</span>
        {used !== null && <Used used={used} needed={needed} allowed={allowed} />}
      </div>
      <span>{t(sentence(made, over), { planned, made: made ?? 0, needed: forecast.needed })}</span>
      {used !== null && allowed !== null && allowed > 0 && <Budget used={used} needed={needed} allowed={allowed} />}
    </div>
  );
}

function sentence(made: number | null, over: boolean) {
  if (made === null) return over ? 'export.callsForecastWas' : 'export.callsForecast';
  return over ? 'export.callsMade' : 'export.callsMaking';
}

interface BudgetProps {
  /** What the CRM had counted, the calls of the plan among them, and those made since. */
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
