import { useState } from 'react';
import { useNavigate } from 'react-router';
import { formatVersion } from '../../../contract/workflow.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { FormDialog } from '../frame/FormDialog.tsx';
import { useWorkflowNaming, WorkflowNameFields } from './WorkflowNameFields.tsx';

/** Asks for a name and opens the empty drawing. */
export function NewWorkflowDialog({ taken, onClose }: { taken: ReadonlySet<string>; onClose(): void }) {
  const naming = useWorkflowNaming(taken);
  const create = useChange('createWorkflow', ['listWorkflows']);
  const navigate = useNavigate();
  const [tried, setTried] = useState(false);
  const submit = async () => {
    setTried(true);
    if (!naming.valid) return false;
    const workflow = {
      formatVersion: formatVersion as 1,
      internalName: naming.name,
      label: naming.label.trim(),
      nodes: [],
      transitions: [],
    };
    await create.mutateAsync({ body: { workflow } });
    await navigate(`/workflows/${naming.name}`);
    return true;
  };
  return (
    <FormDialog title={t('workflows.newTitle')} submit={t('workflows.create')} onSubmit={submit} onClose={onClose}>
      <WorkflowNameFields naming={naming} all={tried} />
    </FormDialog>
  );
}
