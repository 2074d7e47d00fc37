import type { Keep } from '../../../contract/keeping.ts';
import { t } from '../../texts/t.ts';
import classes from './Inspector.module.css';
import { NumberSetting } from './NumberSetting.tsx';
import { Section } from './Section.tsx';
import { useWorkflowSettings } from './useWorkflowSettings.ts';

const limits = { days: 36_500, exportDays: 36_500, megabytes: 100_000_000, tables: 10_000_000 } as const;

/** How long and how much is kept of its runs. */
export function KeepSettings() {
  const { settings, readOnly, set } = useWorkflowSettings();
  const change = (name: keyof Keep, value: number | undefined) => {
    const { [name]: _, ...others } = settings.keep ?? {};
    const keep = value === undefined ? others : { ...others, [name]: value };
    set({ keep: Object.keys(keep).length > 0 ? keep : undefined });
  };
  return (
    <Section title={t('workflow.keep')} name="keep">
      <p className={classes.hint}>{t('workflow.keepHint')}</p>
      {(Object.keys(limits) as (keyof Keep)[]).map((name) => (
        <NumberSetting
          key={name}
          label={t(`workflow.keep.${name}`)}
          hint={t(`workflow.keep.${name}Hint`)}
          min={1}
          max={limits[name]}
          value={settings.keep?.[name]}
          readOnly={readOnly}
          onChange={(value) => change(name, value || undefined)}
        />
      ))}
    </Section>
  );
}
