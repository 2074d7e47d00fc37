import { Alert, Text } from '@mantine/core';
import { IconAlertTriangleFilled, IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Workflow } from '../../../contract/workflow.ts';
import { call } from '../../api/call.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { Facts } from '../frame/Facts.tsx';
import { FailureAlert } from '../frame/FailureAlert.tsx';
import { FormDialog } from '../frame/FormDialog.tsx';
import { Mark } from '../frame/Mark.tsx';
import { freeName } from '../frame/naming.ts';
import { IssueList } from './IssueList.tsx';
import { useWorkflowNaming, WorkflowNameFields } from './WorkflowNameFields.tsx';

interface ImportFormProps {
  workflow: Workflow;
  fileName: string;
  taken: ReadonlySet<string>;
  onClose(): void;
}

/** What is in the file, its problems here, and the name it gets. */
export function ImportForm({ workflow, fileName, taken, onClose }: ImportFormProps) {
  const free = freeName(workflow.internalName, taken);
  const naming = useWorkflowNaming(taken, { label: workflow.label, name: free });
  const create = useChange('createWorkflow', ['listWorkflows']);
  const navigate = useNavigate();
  const [tried, setTried] = useState(false);
  const submit = async () => {
    setTried(true);
    if (!naming.valid) return false;
    const named = { ...workflow, internalName: naming.name, label: naming.label.trim() };
    await create.mutateAsync({ body: { workflow: named } });
    await navigate(`/workflows/${naming.name}`);
    return true;
  };
  const contents = { nodes: workflow.nodes.length, transitions: workflow.transitions.length };
  return (
    <FormDialog
      title={t('workflows.importTitle')}
      submit={t('workflows.importConfirm')}
      onSubmit={submit}
      onClose={onClose}
    >
      <Facts
        facts={[
          { label: t('workflows.importFile'), value: fileName },
          { label: t('workflows.importHolds'), value: t('workflows.importContents', contents) },
        ]}
      />
      <Problems workflow={workflow} />
      <WorkflowNameFields naming={naming} all={tried} />
      {free !== workflow.internalName && (
        <Text size="xs" c="dimmed">
          {t('workflows.importRenamed', { name: workflow.internalName })}
        </Text>
      )}
    </FormDialog>
  );
}

function Problems({ workflow }: { workflow: Workflow }) {
  const check = useQuery({
    queryKey: ['checkWorkflow', workflow],
    queryFn: ({ signal }) => call('checkWorkflow', { body: { workflow }, signal }),
  });
  if (check.error) return <FailureAlert error={check.error} />;
  if (!check.data) return null;
  const { issues } = check.data;
  if (issues.length === 0) {
    return (
      <Mark tone="ok" Icon={IconCheck}>
        {t('workflows.importFine')}
      </Mark>
    );
  }
  return (
    <Alert
      color="yellow"
      title={t('workflows.importProblems', { count: issues.length })}
      icon={<IconAlertTriangleFilled size={16} aria-hidden />}
    >
      <IssueList issues={check.data.issues as Parameters<typeof IssueList>[0]['issues']} nodes={workflow.nodes} />
    </Alert>
  );
}
