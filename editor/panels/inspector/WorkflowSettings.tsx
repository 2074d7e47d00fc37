import { NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { defaultLoopBound, type WorkflowSettings as Settings } from '../../../contract/workflow.ts';
import { useSession } from '../../shell/SessionContext.tsx';
import { editDocument } from '../../state/documentStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import classes from './Inspector.module.css';
import { timeZones } from './timeZones.ts';

/** With nothing selected: the workflow itself. */
export function WorkflowSettings() {
  const { workflow, editing } = useDrawing();
  const session = useSession();
  const settings = workflow.settings ?? {};
  const set = (patch: Partial<Settings>) => {
    const next = Object.fromEntries(
      Object.entries({ ...settings, ...patch }).filter(([, value]) => value !== undefined),
    );
    editDocument({ type: 'changeWorkflow', patch: { settings: next } }, `settings:${Object.keys(patch).join()}`);
  };
  return (
    <section className={classes.plain} aria-label={t('workflow.settings')}>
      <h2>{t('workflow.settings')}</h2>
      <p>{editing ? t('workflow.selectHint') : t('workflow.selectHintRun')}</p>
      <TextInput
        label={t('workflow.label')}
        value={workflow.label}
        readOnly={!editing}
        maxLength={120}
        onChange={(event) => {
          const label = event.currentTarget.value;
          if (label !== '') editDocument({ type: 'changeWorkflow', patch: { label } }, 'workflow:label');
        }}
      />
      <TextInput
        label={t('workflow.internalName')}
        description={t('workflow.internalNameHint')}
        value={workflow.internalName}
        ff="monospace"
        readOnly
      />
      <Textarea
        label={t('workflow.description')}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={10_000}
        value={workflow.description ?? ''}
        readOnly={!editing}
        onChange={(event) =>
          editDocument(
            { type: 'changeWorkflow', patch: { description: event.currentTarget.value || undefined } },
            'workflow:description',
          )
        }
      />
      <Select
        label={t('general.timeZone')}
        description={t('workflow.timeZoneHint')}
        placeholder={session.timeZone}
        data={timeZones}
        searchable
        clearable
        value={settings.timeZone || null}
        readOnly={!editing}
        onChange={(value) => set({ timeZone: value ?? undefined })}
      />
      <Select
        label={t('workflow.concurrency')}
        data={(['skip', 'queue', 'parallel'] as const).map((value) => ({
          value,
          label: t(`workflow.concurrency.${value}`),
        }))}
        value={settings.concurrency ?? 'skip'}
        allowDeselect={false}
        readOnly={!editing}
        onChange={(value) => set({ concurrency: value as Settings['concurrency'] })}
      />
      <NumberInput
        label={t('workflow.loopBound')}
        description={t('workflow.loopBoundHint')}
        min={1}
        max={10_000}
        value={settings.loopBound ?? defaultLoopBound}
        readOnly={!editing}
        onChange={(value) => set({ loopBound: Number(value) || undefined })}
      />
      <NumberInput
        label={t('workflow.rejectWarning')}
        description={t('workflow.rejectWarningHint')}
        min={0}
        max={100}
        suffix=" %"
        value={settings.rejectWarning === undefined ? '' : settings.rejectWarning * 100}
        readOnly={!editing}
        onChange={(value) => set({ rejectWarning: value === '' ? undefined : Number(value) / 100 })}
      />
    </section>
  );
}
