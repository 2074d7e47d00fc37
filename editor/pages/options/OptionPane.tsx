import { Button, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useApi } from '../../api/queries.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { formatInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { DetailPane } from '../frame/DetailPane.tsx';
import { QueryView } from '../frame/QueryView.tsx';
import { DeleteOptionDialog } from './DeleteOptionDialog.tsx';
import { OptionHistory } from './OptionHistory.tsx';
import classes from './options.module.css';
import { ValueForm } from './ValueForm.tsx';

/** One option: its value, who set it when, and the way to delete it. */
export function OptionPane({ name, onClose }: { name: string; onClose(): void }) {
  const [deleting, setDeleting] = useState<'asked' | 'done' | null>(null);
  // What is being deleted is not read again: it would be answered with "not found".
  const option = useApi('getOption', { params: { option: name } }, { enabled: deleting === null });
  const mayEdit = useMay('editor');
  const leave = () => {
    setDeleting('done');
    onClose();
  };
  return (
    <DetailPane title={name} label={t('options.detail', { name })} onClose={onClose}>
      {option.error?.status === 404 ? (
        <GoneOption name={name} />
      ) : (
        <QueryView query={option}>
          {(found) => (
            <>
              <ValueForm option={found} readOnly={!mayEdit} />
              <Text size="xs" c="dimmed" mt={8}>
                {t('options.updated', { at: formatInstant(found.updatedAt), name: found.updatedBy })}
              </Text>
              <section className={classes.section} aria-label={t('options.history')}>
                <Title order={3}>{t('options.history')}</Title>
                <OptionHistory changes={found.history} />
              </section>
              {mayEdit && (
                <div className={classes.foot}>
                  <Button variant="subtle" color="var(--err)" onClick={() => setDeleting('asked')}>
                    {t('options.delete')}
                  </Button>
                </div>
              )}
              {deleting === 'asked' && (
                <DeleteOptionDialog option={found} onDeleted={leave} onClose={() => setDeleting(null)} />
              )}
            </>
          )}
        </QueryView>
      )}
    </DetailPane>
  );
}

function GoneOption({ name }: { name: string }) {
  return (
    <EmptyView title={t('options.gone', { name })} text={t('options.goneText')}>
      <Button component={Link} to="/options">
        {t('options.goneAction')}
      </Button>
    </EmptyView>
  );
}
