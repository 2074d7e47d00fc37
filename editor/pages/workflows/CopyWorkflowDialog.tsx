import { Text } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { FormDialog } from '../frame/FormDialog.tsx';
import { useWorkflowNaming, WorkflowNameFields } from './WorkflowNameFields.tsx';

interface CopyWorkflowDialogProps {
  item: Reply<'listWorkflows'>[number];
  taken: ReadonlySet<string>;
  onClose(): void;
}

export function CopyWorkflowDialog({ item, taken, onClose }: CopyWorkflowDialogProps) {
  const naming = useWorkflowNaming(taken, { label: t('workflows.copyLabel', { name: item.label }).slice(0, 120) });
  const copy = useChange('copyWorkflow', ['listWorkflows']);
  const navigate = useNavigate();
  const [tried, setTried] = useState(false);
  const submit = async () => {
    setTried(true);
    if (!naming.valid) return false;
    const body = { internalName: naming.name, label: naming.label.trim() };
    await copy.mutateAsync({ params: { workflow: item.internalName }, body });
    await navigate(`/workflows/${naming.name}`);
    return true;
  };
  return (
    <FormDialog
      title={t('workflows.copyTitle', { name: item.label })}
      submit={t('workflows.copyConfirm')}
      onSubmit={submit}
      onClose={onClose}
    >
      <WorkflowNameFields naming={naming} all={tried} />
      <Text c="dimmed" size="xs">
        {t('workflows.copyHint')}
      </Text>
    </FormDialog>
  );
}
