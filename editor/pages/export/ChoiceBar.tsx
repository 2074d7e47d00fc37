import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ExportDetail } from '../../../contract/exports.ts';
import { t } from '../../texts/t.ts';
import type { Asked } from './ActionDialog.tsx';
import classes from './export.module.css';
import { recordActions, rowsFor } from './recordActions.ts';
import type { Choice } from './useChoice.ts';

interface ChoiceBarProps {
  made: ExportDetail;
  choice: Choice;
  onAsk(asked: Asked): void;
}

/** In the place of the filters while records are chosen: what can be done with them, and with how many. */
export function ChoiceBar({ made, choice, onAsk }: ChoiceBarProps) {
  const able = recordActions.flatMap((action) => {
    if (action === 'undo' && made.notUndoable !== null) return [];
    const rows = rowsFor(action, choice.rows.values());
    return rows.length > 0 ? [{ action, rows }] : [];
  });
  return (
    <div className={classes.choice} role="toolbar" aria-label={t('choice.label')}>
      <b>{t('choice.count', { count: choice.rows.size })}</b>
      {able.map(({ action, rows }) => (
        <Button key={action} size="compact-sm" onClick={() => onAsk({ action, rows })}>
          {t(`choice.${action}`, { count: rows.length })}
        </Button>
      ))}
      {able.length === 0 && <span className={classes.faint}>{t('choice.nothing')}</span>}
      <span className={classes.space} />
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconX size={13} aria-hidden />}
        onClick={() => choice.clear()}
      >
        {t('choice.clear')}
      </Button>
    </div>
  );
}
