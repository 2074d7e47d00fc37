import { Select } from '@mantine/core';
import field from '../../kit/panel/panel.module.css';
import type { MappedField } from '../exportConfig.ts';
import { isDated } from '../exportConfig.ts';
import { exportTexts as texts } from './exportTexts.ts';
import type { MappingScope } from './mapping.ts';

/** By which of the mapped fields a row has to be newer than the record; without a key nothing is compared. */
export function Newer({ settings, change, readOnly, context }: MappingScope) {
  const { key, newer, mapping } = settings;
  const problem = context.useIssues('export.newer')[0]?.message ?? null;
  if (key === '') return null;
  const dated = mapping.filter((mapped) => mapped.field !== key && isDated(mapped));
  const isKnown = newer === '' || dated.some((mapped) => mapped.field === newer);
  return (
    <div className={field.field} data-path="export.newer">
      <Select
        label={texts.newer}
        description={dated.length === 0 ? texts.newerUnmapped : texts.newerHint}
        data={[
          { value: '', label: texts.newerOff },
          ...dated.map(toChoice),
          ...(isKnown ? [] : [{ value: newer, label: newer }]),
        ]}
        value={newer}
        onChange={(next) => next !== null && change({ ...settings, newer: next })}
        error={problem}
        disabled={dated.length === 0 && isKnown}
        readOnly={readOnly}
        allowDeselect={false}
      />
    </div>
  );
}

const toChoice = ({ field: value, label }: MappedField) => ({
  value,
  label: texts.newerBy(label === value ? value : `${label} · ${value}`),
});
