import { useState } from 'react';
import type { ExportDetail, ExportRecord } from '../../../contract/exports.ts';
import { t } from '../../texts/t.ts';
import { exportName } from '../exports/exportLooks.ts';
import { StageMark } from '../exports/StageMark.tsx';
import { PageFrame } from '../frame/PageFrame.tsx';
import { QueryView } from '../frame/QueryView.tsx';
import { ActionDialog, type Asked, type Started } from './ActionDialog.tsx';
import { Approval } from './Approval.tsx';
import { ChoiceBar } from './ChoiceBar.tsx';
import { ExportActions } from './ExportActions.tsx';
import { ExportFacts } from './ExportFacts.tsx';
import classes from './export.module.css';
import { GoOnNotice } from './GoOnNotice.tsx';
import { OpenNotices } from './OpenNotices.tsx';
import { RecordFilters } from './RecordFilters.tsx';
import { RecordPane } from './RecordPane.tsx';
import { RecordTable } from './RecordTable.tsx';
import { Remarks, RemarksButton } from './Remarks.tsx';
import { StartedRun } from './StartedRun.tsx';
import { Totals } from './Totals.tsx';
import { useChoice } from './useChoice.ts';
import { useOpen } from './useOpen.ts';
import { useRecordFilters } from './useRecordFilters.ts';
import { useRecords } from './useRecords.ts';

const above = { to: '/exports', label: t('exports.title') };

/** One export: its sums at the top, which filter its records below; one of these beside them. */
export function ExportView({ made }: { made: ExportDetail }) {
  const filters = useRecordFilters();
  const left = useOpen(made);
  const records = useRecords(made, filters.query);
  const choice = useChoice(records.data ?? []);
  // Who comes with a search for one record wants to see that one.
  const [open, setOpen] = useState<ExportRecord | 'found' | null>(filters.query.search ? 'found' : null);
  // What was known of it when somebody said something of it holds no more: it goes as soon as it left the list.
  const [acted, setActed] = useState<ExportRecord | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [pressed, setPressed] = useState<boolean | null>(null);
  const [started, setStarted] = useState<Started | null>(null);
  // They are for whoever decides; afterwards they are read seldom.
  const remarks = pressed ?? (made.stage === 'asking' || made.stage === 'planned');
  // What became of it meanwhile counts, as long as it is among what is loaded.
  const only = records.data?.length === 1 ? records.data[0] : undefined;
  const chosen = open === 'found' ? (only ?? null) : open;
  const listed = chosen && records.data?.find(({ row }) => row === chosen.row);
  const shown = listed ?? (chosen === acted ? null : chosen);
  return (
    <PageFrame
      title={exportName(made)}
      above={above}
      aside={<StageMark stage={made.stage} />}
      actions={<ExportActions made={made} filters={filters} onAsk={() => setAsked({ action: 'undo', rows: null })} />}
    >
      <div className={classes.page}>
        <ExportFacts made={made}>
          {made.remarks.length > 0 && <RemarksButton count={made.remarks.length} shown={remarks} onShow={setPressed} />}
        </ExportFacts>
        {started && <StartedRun started={started} onClose={() => setStarted(null)} />}
        <Approval made={made} />
        {remarks && <Remarks remarks={made.remarks} />}
        <OpenNotices
          stage={made.stage}
          open={left}
          filters={filters}
          onAsk={(action) => setAsked({ action, rows: null })}
        />
        <GoOnNotice made={made} />
        <Totals made={made} filters={filters} />
        {choice.rows.size > 0 ? (
          <ChoiceBar made={made} choice={choice} onAsk={setAsked} />
        ) : (
          <div className={classes.tools}>
            <RecordFilters made={made} filters={filters} />
            <span className={classes.space} />
            <span className={classes.count} role="status">
              {records.data && countText(made, records.matching, filters.some)}
            </span>
          </div>
        )}
        <div className={classes.records}>
          <QueryView query={records}>
            {(found) => (
              <RecordTable
                key={JSON.stringify(filters.query)}
                made={made}
                found={found}
                filters={filters}
                more={records.more}
                choice={choice}
                open={shown?.row ?? null}
                onOpen={setOpen}
              />
            )}
          </QueryView>
          {shown && <RecordPane made={made} record={shown} onAsk={setAsked} onClose={() => setOpen(null)} />}
        </div>
      </div>
      {asked && (
        <ActionDialog
          made={made}
          open={left}
          asked={asked}
          filters={filters}
          onStarted={setStarted}
          onDone={() => {
            choice.clear();
            setActed(chosen);
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </PageFrame>
  );
}

function countText({ counts }: ExportDetail, matching: number, some: boolean): string {
  return some
    ? t('export.recordsMatching', { matching, count: counts.input })
    : t('export.recordCount', { count: counts.input });
}
