import { MultiSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { mappingTexts as texts } from './texts.ts';

interface AddSelectProps {
  label: string;
  placeholder: string;
  names: readonly string[];
  onAdd(names: string[]): void;
  /** A name in the list, with what is to be known of it. */
  option(name: string): ReactNode;
  /** By what a name is searched, if not by itself. */
  textOf?(name: string): string;
  disabled: boolean;
}

/** Below the lines of a mapping: each name that is chosen becomes one more. */
export function AddSelect({ label, placeholder, names, onAdd, option, textOf, disabled }: AddSelectProps) {
  const isFound = (name: string, search: string): boolean =>
    (textOf?.(name) ?? name).toLowerCase().includes(search.trim().toLowerCase());
  return (
    <MultiSelect
      aria-label={label}
      placeholder={placeholder}
      data={[...names]}
      value={[]}
      onChange={onAdd}
      renderOption={(one) => option(one.option.value)}
      filter={({ options, search }) => options.filter((one) => 'value' in one && isFound(one.value, search))}
      nothingFoundMessage={texts.noneFound}
      disabled={disabled}
      searchable
      clearSearchOnChange={false}
      limit={80}
      mt={6}
    />
  );
}
