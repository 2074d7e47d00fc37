import { Button } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { useApi } from '../api/queries.ts';
import { EmptyView } from '../shell/PageStates.tsx';
import { t } from '../texts/t.ts';
import { ExportView } from './export/ExportView.tsx';
import { PageFrame } from './frame/PageFrame.tsx';
import { QueryView } from './frame/QueryView.tsx';

/** `/exports/:export`: what an export would do, or has done, record by record. */
export function ExportPage() {
  const { export: id = '' } = useParams();
  const made = useApi('getExport', { params: { export: id } });
  if (made.error?.code === 'NOT_FOUND') return <GoneExport />;
  if (!made.data)
    return (
      <PageFrame title={t('exports.title')}>
        <QueryView query={made}>{() => null}</QueryView>
      </PageFrame>
    );
  return <QueryView query={made}>{(found) => <ExportView key={id} made={found} />}</QueryView>;
}

function GoneExport() {
  return (
    <PageFrame title={t('exports.title')}>
      <EmptyView title={t('exports.missing')}>
        <Button component={Link} to="/exports">
          {t('exports.missingAction')}
        </Button>
      </EmptyView>
    </PageFrame>
  );
}
