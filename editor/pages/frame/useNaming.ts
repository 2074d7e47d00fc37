import { useState } from 'react';
import { internalNameSchema } from '../../../contract/workflow.ts';
import { internalName } from '../../state/names.ts';
import { t } from '../../texts/t.ts';

export interface Naming {
  label: string;
  name: string;
  /** The internal name follows the label until it is written by hand. */
  setLabel(label: string): void;
  setName(name: string): void;
  /** Sentences; null where all is well. */
  problems: { label: string | null; name: string | null };
  valid: boolean;
}

/** Label and internal name of something new. `taken`: internal names in use. */
export function useNaming(
  taken: ReadonlySet<string>,
  options: { label?: string; name?: string; missing: string; takenText: string; fallback: string },
): Naming {
  const [label, setLabel] = useState(options.label ?? '');
  const [written, setName] = useState<string | null>(options.name ?? null);
  const name = written ?? proposeName(label, taken, options.fallback);
  const problems = {
    label: label.trim() === '' ? options.missing : null,
    name: nameProblem(name, taken, options.takenText),
  };
  return { label, name, setLabel, setName, problems, valid: problems.label === null && problems.name === null };
}

/** "contacts" → "contacts2" while it is taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name.slice(0, 60)}${count}`;
  return free;
}

/** "Contacts from Salesforce" → "contactsFromSalesforce"; empty while there is no label. */
function proposeName(label: string, taken: ReadonlySet<string>, fallback: string): string {
  if (label.trim() === '') return '';
  const startsWithLetter = /^[^\p{L}\p{N}]*\p{L}/u.test(label);
  return internalName(startsWithLetter ? label : `${fallback} ${label}`, taken);
}

function nameProblem(name: string, taken: ReadonlySet<string>, takenText: string): string | null {
  if (taken.has(name)) return takenText;
  const parsed = internalNameSchema.safeParse(name);
  return parsed.success ? null : t('naming.invalid');
}
