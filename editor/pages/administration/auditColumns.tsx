import type { Listed } from '../../api/usePages.ts';
import { t } from '../../texts/t.ts';
import type { ListColumn } from '../frame/listColumn.ts';
import { When } from '../frame/When.tsx';
import { actionText } from './actionText.ts';
import classes from './administration.module.css';
import { diffValues, showValue } from './diffValues.ts';

interface Actions {
  onOpen(entry: Listed<'listAudit'>): void;
  onSubject(subject: string): void;
}

export function auditColumns({ onOpen, onSubject }: Actions): ListColumn<Listed<'listAudit'>>[] {
  return [
    { key: 'at', head: t('audit.column.at'), width: 130, cell: (entry) => <When at={entry.at} /> },
    { key: 'by', head: t('audit.column.by'), width: 150, cell: ({ by }) => <span title={by}>{by}</span> },
    {
      key: 'action',
      head: t('audit.column.action'),
      width: 186,
      cell: (entry) => (
        <button type="button" data-primary className={classes.open} title={entry.action} onClick={() => onOpen(entry)}>
          {actionText(entry.action)}
        </button>
      ),
    },
    {
      key: 'subject',
      head: t('audit.column.subject'),
      cell: ({ subject }) => (
        <button
          type="button"
          className={classes.open}
          title={t('audit.only', { subject })}
          onClick={() => onSubject(subject)}
        >
          {subject}
        </button>
      ),
    },
    {
      key: 'change',
      head: t('audit.column.change'),
      from: 'medium',
      cell: (entry) => <span className={classes.faint}>{summarise(entry)}</span>,
    },
  ];
}

/** "label: Old → New", or how many fields there are to see. */
function summarise(entry: Listed<'listAudit'>): string {
  const { changes } = diffValues(entry.old, entry.new);
  const [only] = changes;
  if (!only) return '';
  if (changes.length > 1) return t('audit.changes', { count: changes.length });
  const name = only.path === '' ? '' : `${only.path}: `;
  return `${name}${showValue(only.old)} → ${showValue(only.new)}`;
}
