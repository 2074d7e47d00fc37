import { Button } from '@mantine/core';
import { EmptyView } from '../../shell/PageStates.tsx';
import { t } from '../../texts/t.ts';

/** There is something, but nothing of it fits the search or the filters. */
export function NoMatch({ onClear }: { onClear(): void }) {
  return (
    <EmptyView title={t('list.noMatch')} text={t('list.noMatchAction')}>
      <Button onClick={onClear}>{t('list.showAll')}</Button>
    </EmptyView>
  );
}
