import { Link } from 'react-router';
import type { ExportSummary } from '../../../contract/exports.ts';
import { formatExactInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { ListColumn } from '../frame/listColumn.ts';
import { When } from '../frame/When.tsx';
import { exportName } from './exportLooks.ts';
import classes from './exports.module.css';
import { Figures } from './Figures.tsx';
import { OpenMarks } from './OpenMarks.tsx';
import { StageMark } from './StageMark.tsx';

export const exportColumns: ListColumn<ExportSummary>[] = [
  { key: 'export', head: t('exports.column.export'), cell: (made) => <Name made={made} /> },
  {
    key: 'stage',
    head: t('exports.column.stage'),
    width: 164,
    cell: (made) => <StageMark stage={made.stage} />,
  },
  {
    key: 'figures',
    head: t('exports.column.figures'),
    width: 240,
    cell: (made) => <Figures counts={made.counts} />,
  },
  {
    key: 'open',
    head: t('exports.column.open'),
    width: 196,
    from: 'medium',
    cell: (made) => <OpenMarks made={made} />,
  },
  { key: 'at', head: t('exports.column.at'), width: 116, cell: (made) => <When at={made.createdAt} /> },
  { key: 'other', head: t('exports.column.other'), width: 92, from: 'wide', cell: (made) => <Other made={made} /> },
];

/** What is written where, and below it who writes it. */
function Name({ made }: { made: ExportSummary }) {
  const { id, workflow, workflowLabel, run, nodeId, nodeLabel, createdAt } = made;
  const name = exportName(made);
  const label = t('exports.open', { name, workflow: workflowLabel, at: formatExactInstant(createdAt) });
  return (
    <>
      <Link data-primary to={`/exports/${id}`} className={classes.name} aria-label={label} title={name}>
        {name}
      </Link>
      <span className={classes.second}>
        <Link to={`/workflows/${workflow}`} className={classes.quiet}>
          {workflowLabel}
        </Link>
        {' › '}
        <Link to={`/runs/${run}?node=${nodeId}`} className={classes.quiet}>
          {nodeLabel}
        </Link>
      </span>
    </>
  );
}

/** What it undoes, is undone by, or sends once more. */
function Other({ made: { undoes, undoneBy, requeues } }: { made: ExportSummary }) {
  const others = [
    { id: undoneBy, word: t('exports.undoneBy'), hint: t('exports.undoneByHint') },
    { id: undoes, word: t('exports.undoes'), hint: t('exports.undoesHint') },
    { id: requeues, word: t('exports.requeues'), hint: t('exports.requeuesHint') },
  ];
  const other = others.find(({ id }) => id !== null);
  if (!other) return <span className={classes.faint}>{t('list.none')}</span>;
  return (
    <Link to={`/exports/${other.id}`} className={classes.quiet} title={other.hint}>
      {other.word}
    </Link>
  );
}
