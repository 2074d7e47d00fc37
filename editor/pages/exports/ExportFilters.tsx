import { Button, SegmentedControl, Select } from '@mantine/core';
import { exportStages } from '../../../contract/exports.ts';
import { useApi } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { useParams } from '../frame/useParam.ts';

const choices = ['all', 'open'] as const;

/** Kept in the page's address. */
export function useExportFilters() {
  const [values, set] = useParams(['workflow', 'stage', 'show']);
  const stage = exportStages.find((known) => known === values.stage);
  const open = values.show === 'open';
  return {
    workflow: values.workflow,
    stage,
    open,
    set,
    clear: () => set({ workflow: '', stage: '', show: '' }),
    some: values.workflow !== '' || stage !== undefined || open,
  };
}

export type ExportFilterValues = ReturnType<typeof useExportFilters>;

export function ExportFilters({ filters }: { filters: ExportFilterValues }) {
  const { workflow, stage, open, set, clear, some } = filters;
  const known = useApi('listWorkflows').data ?? [];
  const workflows = known.map(({ internalName, label }) => ({ value: internalName, label }));
  // Exports outlive their workflow: the filter may name one that was deleted.
  const gone = workflow !== '' && !workflows.some((choice) => choice.value === workflow);
  return (
    <>
      <SegmentedControl
        aria-label={t('exports.show')}
        value={open ? 'open' : 'all'}
        onChange={(next) => set({ show: next === 'open' ? 'open' : '' })}
        data={choices.map((value) => ({ value, label: t(`exports.show.${value}`) }))}
      />
      <Select
        aria-label={t('exports.workflow')}
        placeholder={t('exports.allWorkflows')}
        w={240}
        data={gone ? [{ value: workflow, label: workflow }, ...workflows] : workflows}
        value={workflow || null}
        onChange={(next) => set({ workflow: next ?? '' })}
        searchable
        clearable
      />
      <Select
        aria-label={t('exports.stage')}
        placeholder={t('exports.allStages')}
        w={190}
        data={exportStages.map((value) => ({ value, label: t(`exports.stage.${value}`) }))}
        value={stage ?? null}
        onChange={(next) => set({ stage: next ?? '' })}
        clearable
      />
      {some && (
        <Button variant="subtle" onClick={clear}>
          {t('exports.clear')}
        </Button>
      )}
    </>
  );
}
