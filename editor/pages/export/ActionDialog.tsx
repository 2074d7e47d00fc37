import { List, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import type { ExportDetail } from '../../../contract/exports.ts';
import { showDone } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { FormDialog } from '../frame/FormDialog.tsx';
import { collectRows } from './collectRows.ts';
import { countFor, type Open, type RecordAction } from './recordActions.ts';
import type { RecordFilterValues } from './useRecordFilters.ts';

/** What somebody is about to do; `rows` null: none were chosen. */
export interface Asked {
  action: RecordAction;
  rows: readonly number[] | null;
}

/** A run that was started for it. */
export interface Started {
  action: 'undo' | 'requeue';
  run: string;
}

interface ActionDialogProps {
  made: ExportDetail;
  open: Open;
  asked: Asked;
  filters: RecordFilterValues;
  onStarted(started: Started): void;
  onDone(): void;
  onClose(): void;
}

/** Says what will happen before it does. With nothing chosen it is for all records, or for those that fit the filters. */
export function ActionDialog({ made, open, asked, filters, onStarted, onDone, onClose }: ActionDialogProps) {
  const { action, rows } = asked;
  const [shown, setShown] = useState(false);
  const send = useSending(made.id);
  const submit = async () => {
    const chosen = rows ?? (shown ? await collectRows(made.id, filters.query, action) : null);
    const started = await send(action, chosen ? [...chosen] : null);
    onDone();
    if (started) onStarted(started);
  };
  const count = rows?.length ?? (shown ? null : countFor(action, open));
  return (
    <FormDialog
      title={titleOf(action, count)}
      submit={t(`${action}.submit`)}
      size={500}
      onSubmit={submit}
      onClose={onClose}
    >
      {rows === null && filters.some && <Scope count={countFor(action, open)} shown={shown} onChange={setShown} />}
      <List spacing={6} withPadding>
        {consequences(action, made).map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </FormDialog>
  );
}

interface ScopeProps {
  /** Of all; null: nobody has counted them. */
  count: number | null;
  shown: boolean;
  onChange(shown: boolean): void;
}

function Scope({ count, shown, onChange }: ScopeProps) {
  return (
    <Radio.Group
      label={t('do.scope')}
      value={shown ? 'shown' : 'all'}
      onChange={(value) => onChange(value === 'shown')}
    >
      <Stack gap={6} mt={6}>
        <Radio size="xs" value="all" label={count === null ? t('do.scope.all') : t('do.scope.allOpen', { count })} />
        <Radio size="xs" value="shown" label={t('do.scope.shown')} />
      </Stack>
    </Radio.Group>
  );
}

function titleOf(action: RecordAction, count: number | null): string {
  return count === null ? t(`${action}.titleAll`) : t(`${action}.title`, { count });
}

function consequences(action: RecordAction, { nodeLabel }: ExportDetail): string[] {
  if (action === 'undo') return [t('undo.plan'), t('undo.changed'), t('undo.approval')];
  if (action === 'requeue') return [t('requeue.run', { node: nodeLabel }), t('requeue.again')];
  if (action === 'dismiss') return [t('dismiss.effect')];
  return [t('written.look'), t(`${action}.effect`), t('written.goOn')];
}

/** Does it, and gives the run that it started, if it does. Throws what the server refuses. */
function useSending(id: string) {
  const refreshed = ['getExport', 'listExports', 'listExportRecords'] as const;
  const undo = useChange('undoExport', ['listRuns', ...refreshed]);
  const requeue = useChange('requeueRejects', ['listRuns', ...refreshed]);
  const dismiss = useChange('dismissRejects', refreshed);
  const resolve = useChange('resolveDoubt', refreshed);
  return async (action: RecordAction, rows: number[] | null): Promise<Started | null> => {
    const params = { export: id };
    if (action === 'undo') return { action, run: (await undo.mutateAsync({ params, body: { rows } })).id };
    if (action === 'requeue') return { action, run: (await requeue.mutateAsync({ params, body: { rows } })).id };
    if (action === 'dismiss') await dismiss.mutateAsync({ params, body: { rows } });
    else await resolve.mutateAsync({ params, body: { rows, written: action === 'written' } });
    showDone(t(`${action}.done`));
    return null;
  };
}
