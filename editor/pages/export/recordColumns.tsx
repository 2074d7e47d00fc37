import { Checkbox } from '@mantine/core';
import type { ExportDetail, ExportRecord } from '../../../contract/exports.ts';
import { t } from '../../texts/t.ts';
import { actionLook, outcomeLook } from '../exports/exportLooks.ts';
import type { ListColumn } from '../frame/listColumn.ts';
import { Mark } from '../frame/Mark.tsx';
import { Changes, mostLines } from './Changes.tsx';
import classes from './export.module.css';
import { ownKey, readChanges, recordName, recordTitle } from './recordValues.ts';
import type { Choice } from './useChoice.ts';

interface RecordColumnsOptions {
  made: ExportDetail;
  /** The field that is filtered by. */
  field: string | undefined;
  /** null: nothing can be done with chosen records. */
  choice: Choice | null;
  onOpen(record: ExportRecord): void;
}

export function recordColumns({ made, field, choice, onOpen }: RecordColumnsOptions): ListColumn<ExportRecord>[] {
  return [
    ...(choice ? [choiceColumn(choice)] : []),
    {
      key: 'record',
      head: t('export.column.record'),
      width: choice ? 188 : 204,
      cell: (record) => <RecordName record={record} onOpen={onOpen} />,
    },
    {
      key: 'action',
      head: t('export.column.action'),
      width: 152,
      from: 'wide',
      cell: ({ action }) => {
        const name = action ?? 'refused';
        return <Mark {...actionLook[name]}>{t(`exports.action.${name}`)}</Mark>;
      },
    },
    {
      key: 'changes',
      head: t('export.column.changes'),
      cell: (record) => <Changes changes={readChanges(record, made.fields, field)} created={isNew(record)} />,
    },
    {
      key: 'outcome',
      head: t('export.column.outcome'),
      width: 240,
      cell: (record) => <Outcome record={record} />,
    },
  ];
}

/** It is not there yet, as far as the plan knows. */
const isNew = ({ action, recordId }: ExportRecord): boolean =>
  action === 'create' || (action === 'upsert' && recordId === null);

/** In pixels: as many lines as the longest cell needs. */
export function recordHeight(record: ExportRecord): number {
  const { fields, reject } = record;
  const names = belowName(record) === null ? 1 : 2;
  const lines = Math.max(Math.min(fields.length, mostLines), reject ? 2 : 1, names);
  return lines * 19 + 18;
}

function choiceColumn(choice: Choice): ListColumn<ExportRecord> {
  return {
    key: 'select',
    head: t('export.column.select'),
    width: 40,
    hideHead: true,
    cell: (record) => (
      <Checkbox
        size="xs"
        aria-label={t('export.chooseRecord', { name: recordTitle(record) })}
        checked={choice.rows.has(record.row)}
        onChange={(event) =>
          choice.toggle(record, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)
        }
      />
    ),
  };
}

/** What stands under how a record is called: its key under its name, else its id. */
function belowName(record: ExportRecord): string | null {
  const { name, recordId } = record;
  const key = ownKey(record);
  if (name !== null) return key ?? recordId;
  return key === null ? null : recordId;
}

function RecordName({ record, onOpen }: { record: ExportRecord; onOpen(record: ExportRecord): void }) {
  const { name, key, recordId } = record;
  const below = belowName(record);
  return (
    <>
      <button
        type="button"
        data-primary
        className={classes.open}
        data-id={(name ?? key) === null && recordId !== null ? true : undefined}
        aria-label={t('export.openRecord', { name: recordTitle(record) })}
        title={recordTitle(record)}
        onClick={() => onOpen(record)}
      >
        {recordName(record)}
      </button>
      {below !== null && <code className={classes.id}>{below}</code>}
    </>
  );
}

/** What became of it, why not, and what somebody has said of it since. */
function Outcome({ record: { outcome, reject, mark } }: { record: ExportRecord }) {
  const shown = outcome ?? (reject ? 'rejected' : null);
  return (
    <>
      <span className={classes.outcome}>
        {shown === null ? (
          <span className={classes.faint}>{t('list.none')}</span>
        ) : (
          <Mark {...outcomeLook[shown]}>{t(`exports.outcome.${shown}`)}</Mark>
        )}
        {mark !== null && <span className={classes.tag}>{t(`exports.mark.${mark}`)}</span>}
      </span>
      {reject && (
        <span className={classes.reason} title={`${reject.message}\n${reject.meaning}\n${reject.action}`}>
          {reject.message || reject.meaning}
        </span>
      )}
    </>
  );
}
