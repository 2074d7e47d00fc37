import { Button } from '@mantine/core';
import { Hint } from '../../shell/Hint.tsx';
import { isDirty, useDocument } from '../../state/documentStore.ts';
import { t } from '../../texts/t.ts';
import type { Saving } from '../useSaving.ts';

export function SaveButton({ saving }: { saving: Saving }) {
  const dirty = useDocument(isDirty);
  return (
    <Hint label={dirty ? t('save.hint') : t('save.nothing')}>
      <Button onClick={() => void saving.save()} loading={saving.busy} disabled={!dirty}>
        {t('action.save')}
      </Button>
    </Hint>
  );
}
