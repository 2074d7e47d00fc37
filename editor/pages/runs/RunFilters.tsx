import { Button, Select } from '@mantine/core';
import { runStates } from '../../../contract/run.ts';
import { useApi } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { SearchField } from '../frame/SearchField.tsx';
import { useParams } from '../frame/useParam.ts';

/** Kept in the page's address. `text` looks through what is loaded; the other two ask the server. */
export function useRunFilters() {
  const [values, set] = useParams(['workflow', 'state', 'text']);
  const state = runStates.find((known) => known === values.state);
  const clear = () => set({ workflow: '', state: '', text: '' });
  return {
    workflow: values.workflow,
    state,
    text: values.text,
    set,
    clear,
    some: values.workflow !== '' || state !== undefined || values.text !== '',
  };
}

export type RunFilterValues = ReturnType<typeof useRunFilters>;

export function RunFilters({ filters }: { filters: RunFilterValues }) {
  const { workflow, state, text, set, clear, some } = filters;
  const known = useApi('listWorkflows').data ?? [];
  const choices = known.map(({ internalName, label }) => ({ value: internalName, label }));
  // Runs outlive their workflow: the filter may name one that was deleted.
  const gone = workflow !== '' && !choices.some((choice) => choice.value === workflow);
  return (
    <>
      <Select
        aria-label={t('runList.workflow')}
        placeholder={t('runList.allWorkflows')}
        w={240}
        data={gone ? [{ value: workflow, label: workflow }, ...choices] : choices}
        value={workflow || null}
        onChange={(next) => set({ workflow: next ?? '' })}
        searchable
        clearable
      />
      <Select
        aria-label={t('runList.state')}
        placeholder={t('runList.allStates')}
        w={190}
        data={runStates.map((value) => ({ value, label: t(`state.${value}`) }))}
        value={state ?? null}
        onChange={(next) => set({ state: next ?? '' })}
        clearable
      />
      <SearchField
        label={t('runList.search')}
        value={text}
        onChange={(next) => set({ text: next })}
        width={220}
        shortcut
      />
      {some && (
        <Button variant="subtle" onClick={clear}>
          {t('runList.clear')}
        </Button>
      )}
    </>
  );
}
