import { Alert } from '@mantine/core';
import { IconSquareRotatedFilled } from '@tabler/icons-react';
import type { ExportRecord } from '../../../contract/exports.ts';
import { t } from '../../texts/t.ts';
import classes from './export.module.css';

/** Why a record was rejected: what it means and what can be done, then the outside system's own words. */
export function RejectReason({ reject }: { reject: NonNullable<ExportRecord['reject']> }) {
  const { code, symbol, message, fields, meaning, action } = reject;
  const names = symbol === '' || symbol === code ? code : `${code} · ${symbol}`;
  return (
    <Alert
      color="yellow"
      mt="md"
      title={meaning || message}
      icon={<IconSquareRotatedFilled size={16} aria-hidden />}
      aria-label={t('record.rejected')}
    >
      {action && <p className={classes.line}>{action}</p>}
      {meaning && meaning !== message && <p className={classes.said}>{message}</p>}
      {fields && <p className={classes.said}>{t('record.rejectFields', { fields })}</p>}
      <p className={classes.said}>
        <code>{names}</code>
      </p>
    </Alert>
  );
}
