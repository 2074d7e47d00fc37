import { CloseButton, Kbd, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useRef } from 'react';
import { t } from '../../texts/t.ts';

interface SearchFieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
  width?: number | string;
  /** Takes the focus at "/"; one field of a page. */
  shortcut?: boolean;
}

/** Escape empties it. */
export function SearchField({ label, value, onChange, width = 260, shortcut }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useHotkeys(shortcut ? [['/', () => input.current?.focus()]] : []);
  return (
    <TextInput
      ref={input}
      type="search"
      w={width}
      aria-label={label}
      placeholder={label}
      value={value}
      maxLength={200}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        if (value === '') input.current?.blur();
        else onChange('');
      }}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        value ? (
          <CloseButton size="sm" aria-label={t('list.clearSearch')} onClick={() => onChange('')} />
        ) : (
          shortcut && <Kbd size="xs">/</Kbd>
        )
      }
    />
  );
}
