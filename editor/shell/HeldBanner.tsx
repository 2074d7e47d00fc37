import { Button } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useState } from 'react';
import { showFailure } from '../api/notices.ts';
import { useChange } from '../api/queries.ts';
import { formatInstant } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import classes from './AppShell.module.css';
import { useMay, useSession } from './SessionContext.tsx';

/** Says that the instance was restored and does nothing; an admin lets it work, in two steps. */
export function HeldBanner() {
  const { held } = useSession();
  const mayConfirm = useMay('admin');
  const confirm = useChange('confirmRestore', ['getSession']);
  const [asking, setAsking] = useState(false);
  if (!held) return null;
  return (
    <div className={classes.banner} role="status">
      <IconHandStop size={16} aria-hidden />
      {asking ? t('held.ask') : t('held.is', { at: formatInstant(held.backupAt) })}
      {mayConfirm && !asking && (
        <Button size="compact-xs" onClick={() => setAsking(true)}>
          {t('held.confirm')}
        </Button>
      )}
      {asking && (
        <>
          <Button
            size="compact-xs"
            loading={confirm.isPending}
            onClick={() => confirm.mutate({}, { onError: showFailure })}
          >
            {t('held.sure')}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => setAsking(false)}>
            {t('held.back')}
          </Button>
        </>
      )}
    </div>
  );
}
