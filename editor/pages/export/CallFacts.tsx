import { Loader } from '@mantine/core';
import type { ExportCall } from '../../../contract/exports.ts';
import { useApi } from '../../api/queries.ts';
import { formatExactInstant, formatTime } from '../../texts/format.ts';
import { type PlainKey, t } from '../../texts/t.ts';
import { FailureAlert } from '../frame/FailureAlert.tsx';
import classes from './export.module.css';

const events: Readonly<Record<string, PlainKey>> = {
  sending: 'record.event.sending',
  opening: 'record.event.opening',
  opened: 'record.event.opened',
  uploaded: 'record.event.uploaded',
  starting: 'record.event.starting',
  started: 'record.event.started',
  unsent: 'record.event.unsent',
  settled: 'record.event.settled',
};
const kinds: Readonly<Record<string, PlainKey>> = { request: 'record.kind.request', job: 'record.kind.job' };

/** The call by which a record was sent: what happened to it and when. */
export function CallFacts({ id, call }: { id: string; call: number }) {
  const found = useApi('getExportCall', { params: { export: id, call: String(call) } });
  if (found.error) return <FailureAlert error={found.error} />;
  if (!found.data) return <Loader size="xs" />;
  return <Events call={found.data} />;
}

/** A connector may name what there is no word for here: then its own stands. */
const wordFor = (words: Readonly<Record<string, PlainKey>>, name: string): string => {
  const key = words[name];
  return key === undefined ? name : t(key);
};

function Events({ call: { call, kind, operation, job, events: happened } }: { call: ExportCall }) {
  return (
    <>
      <p className={classes.call}>{t('record.callNumber', { call, kind: wordFor(kinds, kind), operation })}</p>
      {job !== null && (
        <p className={classes.call}>
          {t('record.job')} <code>{job}</code>
        </p>
      )}
      <ol className={classes.events}>
        {happened.map(({ event, at }) => (
          <li key={`${at} ${event}`}>
            <time dateTime={at} title={formatExactInstant(at)}>
              {formatTime(at)}
            </time>
            {wordFor(events, event)}
          </li>
        ))}
      </ol>
    </>
  );
}
