import { NumberInput } from '@mantine/core';
import { t } from '../../texts/t.ts';
import { RecipientList } from './RecipientList.tsx';
import { Section } from './Section.tsx';
import { useWorkflowSettings } from './useWorkflowSettings.ts';

/** What raises an alarm, beside a failed run, and who hears of it. */
export function AlarmSettings() {
  const { settings, readOnly, set } = useWorkflowSettings();
  return (
    <Section title={t('workflow.alarms')} name="alarms">
      <NumberInput
        label={t('workflow.rejectWarning')}
        description={t('workflow.rejectWarningHint')}
        min={0}
        max={100}
        suffix=" %"
        value={settings.rejectWarning === undefined ? '' : settings.rejectWarning * 100}
        readOnly={readOnly}
        onChange={(value) => set({ rejectWarning: value === '' ? undefined : Number(value) / 100 })}
      />
      <NumberInput
        label={t('workflow.rejectLimit')}
        description={t('workflow.rejectLimitHint')}
        min={0}
        max={1_000_000_000}
        thousandSeparator=","
        value={settings.rejectLimit ?? ''}
        readOnly={readOnly}
        onChange={(value) => set({ rejectLimit: value === '' ? undefined : Number(value) })}
      />
      <NumberInput
        label={t('workflow.waitWarning')}
        description={t('workflow.waitWarningHint')}
        min={1}
        max={525_600}
        suffix=" min"
        value={settings.waitWarning ?? ''}
        readOnly={readOnly}
        onChange={(value) => set({ waitWarning: value === '' ? undefined : Number(value) })}
      />
      <RecipientList
        recipients={settings.alarmRecipients ?? []}
        readOnly={readOnly}
        onChange={(recipients) => set({ alarmRecipients: recipients.length > 0 ? recipients : undefined })}
      />
    </Section>
  );
}
