import { IconUserQuestion } from '@tabler/icons-react';
import type { ExportDetail } from '../../../contract/exports.ts';
import { Answer } from '../../panels/Answer.tsx';
import { t } from '../../texts/t.ts';
import classes from './export.module.css';

/** What the plan asks, and the answer to it. Nothing where it asks nothing. */
export function Approval({ made: { asks, run, id } }: { made: ExportDetail }) {
  if (asks === null) return null;
  return (
    <section className={classes.approval} aria-label={t('question.title')}>
      <div>
        <h2>
          <IconUserQuestion size={16} aria-hidden />
          {t('question.title')}
        </h2>
        <p>{asks}</p>
        <small>{t('approval.effect')}</small>
      </div>
      <div className={classes.answer}>
        <Answer run={run} task={id} />
      </div>
    </section>
  );
}
