import { IconBookmark } from '@tabler/icons-react';
import { Link, useLocation } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { t } from '../../texts/t.ts';
import type { ListColumn } from '../frame/listColumn.ts';
import { Mark } from '../frame/Mark.tsx';
import { When } from '../frame/When.tsx';
import classes from './options.module.css';

type Option = Reply<'listOptions'>[number];

/** The address of an option (null: of the list), with search and order as they are. */
export function useOptionPath(): (name: string | null) => string {
  const { search } = useLocation();
  return (name) => `/options${name === null ? '' : `/${encodeURIComponent(name)}`}${search}`;
}

export function optionColumns(pathOf: (name: string) => string): ListColumn<Option>[] {
  return [
    {
      key: 'name',
      head: t('options.column.name'),
      sort: (option) => option.name,
      cell: ({ name }) => (
        <Link data-primary to={pathOf(name)} className={classes.name} title={name}>
          {name}
        </Link>
      ),
    },
    {
      key: 'kind',
      head: t('options.column.kind'),
      width: 124,
      from: 'medium',
      sort: (option) => Number(option.isCursor),
      cell: ({ isCursor }) =>
        isCursor ? (
          <Mark tone="run" Icon={IconBookmark} title={t('options.cursorHint')}>
            {t('options.cursor')}
          </Mark>
        ) : (
          <span className={classes.faint}>{t('options.plain')}</span>
        ),
    },
    {
      key: 'value',
      head: t('options.column.value'),
      width: 190,
      sort: (option) => option.value,
      cell: ({ value }) => (
        <code className={classes.value} title={value}>
          {value}
        </code>
      ),
    },
    {
      key: 'updated',
      head: t('options.column.updated'),
      width: 120,
      from: 'medium',
      sort: (option) => option.updatedAt,
      cell: (option) => <When at={option.updatedAt} />,
    },
    {
      key: 'by',
      head: t('options.column.by'),
      width: 220,
      from: 'wide',
      sort: (option) => option.updatedBy,
      cell: ({ updatedBy }) => <span title={updatedBy}>{updatedBy}</span>,
    },
  ];
}
