import { Button } from '@mantine/core';
import type { ExportDetail, ExportRecord } from '../../../contract/exports.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { actionLook, outcomeLook } from '../exports/exportLooks.ts';
import { DetailPane } from '../frame/DetailPane.tsx';
import { Facts } from '../frame/Facts.tsx';
import { Mark } from '../frame/Mark.tsx';
import type { Asked } from './ActionDialog.tsx';
import { CallFacts } from './CallFacts.tsx';
import classes from './export.module.css';
import { RejectReason } from './RejectReason.tsx';
import { recordActions, rowsFor } from './recordActions.ts';
import { ownKey, readChanges, recordName, recordTitle } from './recordValues.ts';

interface RecordPaneProps {
  made: ExportDetail;
  record: ExportRecord;
  onAsk(asked: Asked): void;
  onClose(): void;
}

/** One record: what was to become of it, what was sent when and in which call, and what came back. */
export function RecordPane({ made, record, onAsk, onClose }: RecordPaneProps) {
  return (
    <DetailPane title={recordName(record)} label={t('record.detail', { name: recordTitle(record) })} onClose={onClose}>
      <Facts facts={factsOf(record)} />
      {record.reject && <RejectReason reject={record.reject} />}
      <RecordActions made={made} record={record} onAsk={onAsk} />
      <section className={classes.part}>
        <h3>{t('record.fields')}</h3>
        <FieldTable made={made} record={record} />
      </section>
      {record.call !== null && (
        <section className={classes.part}>
          <h3>{t('record.callTitle')}</h3>
          <CallFacts id={made.id} call={record.call} />
          <CameBack record={record} />
        </section>
      )}
    </DetailPane>
  );
}

/** What the CRM said of it; in doubt it has said nothing. */
function CameBack({ record: { outcome, recordId, reject } }: { record: ExportRecord }) {
  if (outcome === null) return null;
  const said = reject ? `${reject.symbol || reject.code}: ${reject.message}` : (recordId ?? '');
  return (
    <div className={classes.cameBack}>
      {t('record.cameBack')}
      <div>
        <Mark {...outcomeLook[outcome]}>{t(`exports.outcome.${outcome}`)}</Mark>
        {said !== '' && <code>{said}</code>}
      </div>
    </div>
  );
}

function factsOf(record: ExportRecord) {
  const { action, outcome, mark, name, recordId, row } = record;
  const key = ownKey(record);
  const planned = action ?? 'refused';
  return [
    { label: t('record.plan'), value: <Mark {...actionLook[planned]}>{t(`exports.action.${planned}`)}</Mark> },
    ...(outcome
      ? [
          {
            label: t('record.outcome'),
            value: <Mark {...outcomeLook[outcome]}>{t(`exports.outcome.${outcome}`)}</Mark>,
          },
        ]
      : []),
    ...(mark ? [{ label: t('record.mark'), value: t(`exports.mark.${mark}`) }] : []),
    ...(name === null ? [] : [{ label: t('record.name'), value: name }]),
    ...(key === null ? [] : [{ label: t('record.key'), value: key }]),
    ...(recordId === null ? [] : [{ label: t('record.id'), value: <code className={classes.code}>{recordId}</code> }]),
    { label: t('record.row'), value: row },
  ];
}

function RecordActions({ made, record, onAsk }: Pick<RecordPaneProps, 'made' | 'record' | 'onAsk'>) {
  const allowed = useMay('operator');
  const able = recordActions.filter(
    (action) => rowsFor(action, [record]).length > 0 && !(action === 'undo' && made.notUndoable !== null),
  );
  if (!allowed || able.length === 0) return null;
  return (
    <div className={classes.recordActions}>
      {able.map((action) => (
        <Button key={action} size="compact-sm" onClick={() => onAsk({ action, rows: [record.row] })}>
          {t(`record.do.${action}`)}
        </Button>
      ))}
    </div>
  );
}

function FieldTable({ made, record }: Pick<RecordPaneProps, 'made' | 'record'>) {
  const changes = readChanges(record, made.fields);
  if (changes.length === 0) return <p className={classes.quiet}>{t('record.noFields')}</p>;
  const sent = record.call !== null;
  // What goes with its record has no value to be sent.
  const sends = changes.some(({ kind }) => kind !== 'gone');
  return (
    <table className={classes.fieldTable}>
      <thead>
        <tr>
          <th scope="col">{t('record.field')}</th>
          <th scope="col">{t('record.before')}</th>
          {sends && <th scope="col">{t(sent ? 'record.after' : 'record.afterPlan')}</th>}
        </tr>
      </thead>
      <tbody>
        {changes.map(({ name, label, kind, before, after }) => (
          <tr key={name}>
            <th scope="row" title={name}>
              {label}
            </th>
            <td className={classes.old}>{before === null ? <em>{t('record.empty')}</em> : <del>{before}</del>}</td>
            {sends && <td>{after ?? <em>{t(kind === 'gone' ? 'export.gone' : 'export.cleared')}</em>}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
