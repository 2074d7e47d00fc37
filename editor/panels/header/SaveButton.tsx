import { Button, Tooltip } from '@mantine/core';
import { isDirty, useDocument } from '../../state/documentStore.ts';
import { t } from '../../texts/t.ts';
import type { Saving } from '../useSaving.ts';

export function SaveButton({ saving }: { saving: Saving }) {
  const dirty = useDocument(isDirty);
  return (
    <Tooltip label={dirty ? t('save.hint') : t('save.nothing')}>
      <Button onClick={() => void saving.save()} loading={saving.busy} disabled={!dirty}>
        {t('action.save')}
      </Button>
    </Tooltip>
  );
}
