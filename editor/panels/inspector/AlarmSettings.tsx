import { t } from '../../texts/t.ts';
import { NumberSetting } from './NumberSetting.tsx';
import { RecipientList } from './RecipientList.tsx';
import { Section } from './Section.tsx';
import { useWorkflowSettings } from './useWorkflowSettings.ts';

/** 0.07 is 7, not 7.000000000000001. */
const percentOf = (share: number | undefined): number | undefined =>
  share === undefined ? undefined : Math.round(share * 10_000) / 100;

/** What raises an alarm, beside a failed run, and who hears of it. */
export function AlarmSettings() {
  const { settings, readOnly, set } = useWorkflowSettings();
  return (
    <Section title={t('workflow.alarms')} name="alarms">
      <NumberSetting
        label={t('workflow.rejectWarning')}
        hint={t('workflow.rejectWarningHint')}
        min={0}
        max={100}
        unit="%"
        value={percentOf(settings.rejectWarning)}
        readOnly={readOnly}
        onChange={(percent) => set({ rejectWarning: percent === undefined ? undefined : percent / 100 })}
      />
      <NumberSetting
        label={t('workflow.rejectLimit')}
        hint={t('workflow.rejectLimitHint')}
        min={0}
        max={1_000_000_000}
        value={settings.rejectLimit}
        readOnly={readOnly}
        onChange={(rejectLimit) => set({ rejectLimit })}
      />
      <NumberSetting
        label={t('workflow.waitWarning')}
        hint={t('workflow.waitWarningHint')}
        min={1}
        max={525_600}
        unit="min"
        value={settings.waitWarning}
        readOnly={readOnly}
        onChange={(waitWarning) => set({ waitWarning })}
      />
      <RecipientList
        recipients={settings.alarmRecipients ?? []}
        readOnly={readOnly}
        onChange={(recipients) => set({ alarmRecipients: recipients.length > 0 ? recipients : undefined })}
      />
    </Section>
  );
}
