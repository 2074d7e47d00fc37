import { t } from '../../texts/t.ts';
import { NamingFields } from '../frame/NamingFields.tsx';
import { type Naming, useNaming } from '../frame/useNaming.ts';

export function useWorkflowNaming(taken: ReadonlySet<string>, initial: { label?: string; name?: string } = {}): Naming {
  return useNaming(taken, {
    ...initial,
    missing: t('workflows.labelMissing'),
    takenText: t('workflows.nameTaken'),
    fallback: 'workflow',
  });
}

export function WorkflowNameFields({ naming, all }: { naming: Naming; all: boolean }) {
  return (
    <NamingFields
      naming={naming}
      all={all}
      texts={{
        label: t('workflows.label'),
        placeholder: t('workflows.labelPlaceholder'),
        name: t('workflows.internalName'),
        nameHint: t('workflows.internalNameHint'),
      }}
    />
  );
}
