import { Select, Textarea, TextInput } from '@mantine/core';
import { useSession } from '../../shell/SessionContext.tsx';
import { editDocument } from '../../state/documentStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { AlarmSettings } from './AlarmSettings.tsx';
import classes from './Inspector.module.css';
import { KeepSettings } from './KeepSettings.tsx';
import { RunningSettings } from './RunningSettings.tsx';
import { timeZones } from './timeZones.ts';
import { useWorkflowSettings } from './useWorkflowSettings.ts';

/** With nothing selected: the workflow itself. */
export function WorkflowSettings() {
  const { workflow, editing } = useDrawing();
  const session = useSession();
  const { settings, set } = useWorkflowSettings();
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
      <Textarea
        label={t('workflow.description')}
        autosize
        minRows={2}
        maxRows={36}
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
      <TextInput
        label={t('workflow.internalName')}
        description={t('workflow.internalNameHint')}
        value={workflow.internalName}
        ff="monospace"
        readOnly
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
      <div>
        <RunningSettings />
        <AlarmSettings />
        <KeepSettings />
      </div>
    </section>
  );
}
