import { Select } from '@mantine/core';
import { defaultLoopBound, type WorkflowSettings } from '../../../contract/workflow.ts';
import { t } from '../../texts/t.ts';
import { NumberSetting } from './NumberSetting.tsx';
import { Section } from './Section.tsx';
import { useWorkflowSettings } from './useWorkflowSettings.ts';

/** How runs of the workflow stand to each other, and what bounds them. */
export function RunningSettings() {
  const { settings, readOnly, set } = useWorkflowSettings();
  return (
    <Section title={t('workflow.running')} name="running">
      <Select
        label={t('workflow.concurrency')}
        data={(['skip', 'queue', 'parallel'] as const).map((value) => ({
          value,
          label: t(`workflow.concurrency.${value}`),
        }))}
        value={settings.concurrency ?? 'skip'}
        allowDeselect={false}
        readOnly={readOnly}
        onChange={(value) => set({ concurrency: value as WorkflowSettings['concurrency'] })}
      />
      <Select
        label={t('workflow.priority')}
        description={t('workflow.priorityHint')}
        data={(['high', 'normal', 'low'] as const).map((value) => ({
          value,
          label: t(`workflow.priority.${value}`),
        }))}
        value={settings.priority ?? 'normal'}
        allowDeselect={false}
        readOnly={readOnly}
        onChange={(value) =>
          set({ priority: value === 'normal' ? undefined : (value as WorkflowSettings['priority']) })
        }
      />
      <NumberSetting
        label={t('workflow.loopBound')}
        hint={t('workflow.loopBoundHint')}
        min={1}
        max={10_000}
        value={settings.loopBound ?? defaultLoopBound}
        readOnly={readOnly}
        onChange={(loopBound) => set({ loopBound: loopBound || undefined })}
      />
      <NumberSetting
        label={t('workflow.consecutiveErrors')}
        hint={t('workflow.consecutiveErrorsHint')}
        min={0}
        max={1_000}
        value={settings.consecutiveErrors}
        readOnly={readOnly}
        onChange={(consecutiveErrors) => set({ consecutiveErrors: consecutiveErrors || undefined })}
      />
    </Section>
  );
}
