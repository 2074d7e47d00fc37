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
      <span className={classes.label}>{t('export.calls')}</span>
      <span>{t('export.callsForecast', { planned, needed })}</span>
      {used !== null && allowed !== null && allowed > 0 ? (
        <Budget used={used} needed={needed} allowed={allowed} />
      ) : (
        used !== null && <small>{t('export.callsUsed', { used })}</small>
      )}
    </div>
  );
}

/** `used` holds what the plan has used. */
function Budget({ used, needed, allowed }: { used: number; needed: number; allowed: number }) {
  const share = (calls: number) => `${Math.min(100, (100 * calls) / allowed)}%`;
  const tooMany = used + needed > allowed;
  return (
    <>
      <span className={classes.budget} data-over={tooMany || undefined} aria-hidden>
        <i style={{ width: share(used + needed) }} />
        <b style={{ width: share(used) }} />
      </span>
      {tooMany ? (
        <Mark tone="rej" Icon={IconAlertTriangleFilled}>
          {t('export.callsTooMany', { used, allowed })}
        </Mark>
      ) : (
        <small>{t('export.callsBudget', { used, allowed })}</small>
      )}
    </>
  );
}
