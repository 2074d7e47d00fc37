import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Naming } from './useNaming.ts';

interface NamingFieldsProps {
  naming: Naming;
  texts: { label: string; placeholder?: string; name: string; nameHint: string };
  /** Problems of fields that were not touched yet are shown too. */
  all: boolean;
}

export function NamingFields({ naming, texts, all }: NamingFieldsProps) {
  const [touched, setTouched] = useState({ label: false, name: false });
  const { label, name, setLabel, setName, problems } = naming;
  return (
    <>
      <TextInput
        data-autofocus
        label={texts.label}
        placeholder={texts.placeholder}
        maxLength={120}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        onBlur={() => setTouched({ ...touched, label: true })}
        error={(all || touched.label) && problems.label}
      />
      <TextInput
        label={texts.name}
        description={texts.nameHint}
        ff="monospace"
        maxLength={64}
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={() => setTouched({ ...touched, name: true })}
        error={(all || touched.name || name !== '') && problems.name}
      />
    </>
  );
}
