import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { ExportDetail } from '../../../contract/exports.ts';
import { useApi } from '../../api/queries.ts';
import { formatBytes, formatInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { When } from '../frame/When.tsx';
import classes from './export.module.css';
import { Forecast } from './Forecast.tsx';

/** Where an export comes from, where it writes to, what it costs and how long it is kept. */
export function ExportFacts({ made, children }: { made: ExportDetail; children?: ReactNode }) {
  const { workflow, workflowLabel, nodeId, nodeLabel, run, createdAt, connection, bytes, expiresAt } = made;
  return (
    <section className={classes.facts} aria-label={t('export.facts')}>
      <dl>
        <Fact name={t('export.workflow')}>
          <Link to={`/workflows/${workflow}`}>{workflowLabel}</Link>
        </Fact>
        <Fact name={t('export.node')}>
          <Link to={`/runs/${run}?node=${nodeId}`}>{nodeLabel}</Link>
        </Fact>
        <Fact name={t('export.run')}>
          <Link to={`/runs/${run}`}>{formatInstant(createdAt)}</Link>
        </Fact>
        <Fact name={t('export.connection')}>
          <Connection name={connection} />
        </Fact>
        <Others made={made} />
        {bytes !== null && <Fact name={t('export.size')}>{formatBytes(bytes)}</Fact>}
        <Fact name={t('export.expires')}>{expiresAt === null ? t('export.expiresNot') : <When at={expiresAt} />}</Fact>
        {children && <Fact name={t('export.remarks')}>{children}</Fact>}
      </dl>
      {made.forecast && <Forecast forecast={made.forecast} stage={made.stage} />}
    </section>
  );
}

function Connection({ name }: { name: string }) {
  const known = useApi('listConnections').data?.find((one) => one.name === name);
  return <Link to={`/connections/${name}`}>{known?.label ?? name}</Link>;
}

/** The export that this one undoes or sends rows of once more, and the one that undoes it. */
function Others({ made: { undoes, undoneBy, requeues } }: { made: ExportDetail }) {
  return (
    <>
      {undoes !== null && (
        <Fact name={t('export.undoes')}>
          <Link to={`/exports/${undoes}`}>{t('export.otherExport')}</Link>
        </Fact>
      )}
      {requeues !== null && (
        <Fact name={t('export.requeues')}>
          <Link to={`/exports/${requeues}`}>{t('export.otherExport')}</Link>
        </Fact>
      )}
      {undoneBy !== null && (
        <Fact name={t('export.undoneBy')}>
          <Link to={`/exports/${undoneBy}`}>{t('export.otherExport')}</Link>
        </Fact>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
