import type { ExportCounts } from '../../../contract/exports.ts';
import { formatCompact } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { actionLook, outcomeLook } from './exportLooks.ts';
import classes from './exports.module.css';
import { outcomeFigures, plannedFigures } from './figures.ts';

/** The sums of an export in one line: what became of its records, or, while nothing was sent, what is planned. */
export function Figures({ counts }: { counts: ExportCounts }) {
  const outcomes = outcomeFigures(counts).map(({ name, count }) => ({
    ...outcomeLook[name],
    word: t(`exports.outcome.${name}`),
    count,
  }));
  const planned = plannedFigures(counts).map(({ name, count }) => ({
    ...actionLook[name],
    word: t(`exports.action.${name}`),
    count,
  }));
  const shown = outcomes.length > 0 ? outcomes : planned;
  if (shown.length === 0) return <span className={classes.faint}>{t('list.none')}</span>;
  return (
    <span className={classes.figures}>
      {shown.map(({ word, count, tone, Icon }) => {
        const label = t('exports.figure', { word, count });
        return (
          <span key={word} className={classes.figure} data-tone={tone} title={label} role="img" aria-label={label}>
            <Icon size={13} stroke={2.2} aria-hidden />
            {formatCompact(count)}
          </span>
        );
      })}
    </span>
  );
}
