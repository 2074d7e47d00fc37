import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { exportName } from '../../pages/exports/exportLooks.ts';
import { Figures } from '../../pages/exports/Figures.tsx';
import { OpenMarks } from '../../pages/exports/OpenMarks.tsx';
import { StageMark } from '../../pages/exports/StageMark.tsx';
import { t } from '../../texts/t.ts';
import classes from './Inspector.module.css';
import { useTaskExport } from './useTaskExport.ts';

/** What a task has exported, in sums, and the way to its records. Nothing where it exports nothing. */
export function TaskExport({ run, task }: { run: string; task: string }) {
  const made = useTaskExport(run, task);
  if (!made) return null;
  return (
    <div className={classes.export}>
      <div className={classes.groupHead}>
        {exportName(made)}
        <StageMark stage={made.stage} />
      </div>
      <Figures counts={made.counts} />
      {made.openDoubt + made.openRejects > 0 && <OpenMarks made={made} />}
      <Anchor component={Link} to={`/exports/${made.id}`} size="sm">
        {t('task.openExport')}
      </Anchor>
    </div>
  );
}
