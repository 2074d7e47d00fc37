import { useState } from 'react';
import { internalNameSchema } from '../../../contract/workflow.ts';
import { t } from '../../texts/t.ts';
import { proposeName } from './naming.ts';

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

function nameProblem(name: string, taken: ReadonlySet<string>, takenText: string): string | null {
  if (taken.has(name)) return takenText;
  const parsed = internalNameSchema.safeParse(name);
  return parsed.success ? null : t('naming.invalid');
}
