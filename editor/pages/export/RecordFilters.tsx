import { Button, Select } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { type ExportDetail, exportMarks } from '../../../contract/exports.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { SearchField } from '../frame/SearchField.tsx';
import type { RecordFilterValues } from './useRecordFilters.ts';

interface RecordFiltersProps {
  made: ExportDetail;
  filters: RecordFilterValues;
}

/** By changed field, by reason, by what people said, and by words: what has no choices is left out. */
export function RecordFilters({ made, filters }: RecordFiltersProps) {
  const { query, set, some, clear } = filters;
  const { changedFields, rejectCodes, fields, counts } = made;
  const labels = new Map(fields.map(({ name, label }) => [name, label || name]));
  // Who may not see values may not look for them either.
  const maySearch = useMay('operator');
  const sent = Object.keys(counts.outcomes).length > 0;
  return (
    <>
      {changedFields.length > 0 && (
        <Select
          aria-label={t('export.changedField')}
          placeholder={t('export.anyField')}
          w={176}
          data={counted(changedFields.map(({ name, records }) => [name, labels.get(name) ?? name, records]))}
          value={query.field ?? null}
          onChange={(next) => set({ field: next ?? '' })}
          searchable
          clearable
        />
      )}
      {rejectCodes.length > 0 && (
        <Select
          aria-label={t('export.rejectCode')}
          placeholder={t('export.anyCode')}
          w={176}
          data={counted(rejectCodes.map(({ code, records }) => [code, code, records]))}
          value={query.code ?? null}
          onChange={(next) => set({ code: next ?? '' })}
          clearable
        />
      )}
      {sent && (
        <Select
          aria-label={t('export.mark')}
          placeholder={t('export.anyMark')}
          w={176}
          data={['none' as const, ...exportMarks].map((value) => ({ value, label: markText(value) }))}
          value={query.mark ?? null}
          onChange={(next) => set({ mark: next ?? '' })}
          clearable
        />
      )}
      {maySearch && <RecordSearch value={query.search ?? ''} onSearch={(search) => set({ search })} />}
      {some && (
        <Button variant="subtle" onClick={clear}>
          {t('export.clear')}
        </Button>
      )}
    </>
  );
}

const markText = (mark: 'none' | (typeof exportMarks)[number]): string =>
  mark === 'none' ? t('export.mark.none') : t(`exports.mark.${mark}`);

const counted = (choices: readonly (readonly [value: string, name: string, count: number])[]) =>
  choices.map(([value, name, count]) => ({ value, label: t('export.withCount', { name, count }) }));

/** Asks when the writing pauses: each search goes through all records. */
function RecordSearch({ value, onSearch }: { value: string; onSearch(text: string): void }) {
  const [text, setText] = useState(value);
  const asked = useRef(value);
  useEffect(() => {
    // Only what somebody else has changed, for example by taking all filters away: what is being written stays.
    if (value !== asked.current) setText(value);
    asked.current = value;
  }, [value]);
  const later = useDebouncedCallback((next: string) => {
    asked.current = next;
    onSearch(next);
  }, 300);
  return (
    <SearchField
      label={t('export.search')}
      value={text}
      width={200}
      shortcut
      onChange={(next) => {
        setText(next);
        later(next.trim());
      }}
    />
  );
}
