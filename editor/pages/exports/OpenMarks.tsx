import { IconHelpCircleFilled, IconSquareRotatedFilled } from '@tabler/icons-react';
import type { ExportSummary } from '../../../contract/exports.ts';
import { t } from '../../texts/t.ts';
import { Mark } from '../frame/Mark.tsx';
import classes from './exports.module.css';
import { openOf } from './openOf.ts';

/** What still waits for somebody: rejects and records in doubt of which nobody has said anything. */
export function OpenMarks({ made }: { made: ExportSummary }) {
  const { doubt, rejects } = openOf(made);
  if (doubt + rejects === 0) return <span className={classes.faint}>{t('list.none')}</span>;
  return (
    <span className={classes.marks}>
      {doubt > 0 && (
        <Mark tone="rej" Icon={IconHelpCircleFilled}>
          {t('exports.doubtful', { count: doubt })}
        </Mark>
      )}
      {rejects > 0 && (
        <Mark tone="rej" Icon={IconSquareRotatedFilled}>
          {t('exports.rejected', { count: rejects })}
        </Mark>
      )}
    </span>
  );
}
