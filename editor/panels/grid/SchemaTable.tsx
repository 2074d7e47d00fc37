import { Badge } from '@mantine/core';
import type { Column } from '../../../contract/types.ts';
import { t } from '../../texts/t.ts';
import classes from './SchemaTable.module.css';

/** The columns themselves: names, types, where they come from. */
export function SchemaTable({ columns }: { columns: readonly Column[] }) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label={t('rows.columns')}>
        <thead>
          <tr>
            <th>{t('columns.name')}</th>
            <th>{t('columns.label')}</th>
            <th>{t('columns.type')}</th>
            <th>{t('columns.source')}</th>
            <th>{t('columns.marks')}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.name}>
              <td>{column.name}</td>
              <td>{column.label === column.name ? '' : column.label}</td>
              <td>{column.type}</td>
              <td>{column.source ?? ''}</td>
              <td>
                {column.identifying && <Badge mr={4}>{t('columns.identifying')}</Badge>}
                {column.personal && <Badge color="yellow">{t('columns.personal')}</Badge>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
