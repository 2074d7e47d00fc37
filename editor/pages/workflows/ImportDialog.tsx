import { Alert, Button, FileButton, Modal, Stack, Text } from '@mantine/core';
import { IconAlertTriangleFilled, IconUpload } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { t } from '../../texts/t.ts';
import { ImportForm } from './ImportForm.tsx';
import { IssueList } from './IssueList.tsx';
import { readWorkflowFile, type WorkflowFile } from './readWorkflowFile.ts';
import classes from './workflows.module.css';

interface ImportDialogProps {
  taken: ReadonlySet<string>;
  /** Dropped already; null: to be chosen. */
  file: File | null;
  onClose(): void;
}

/** Reads a workflow file; what can be read is named and imported, what cannot says why. */
export function ImportDialog({ taken, file: dropped, onClose }: ImportDialogProps) {
  const [file, setFile] = useState(dropped);
  const [read, setRead] = useState<WorkflowFile | null>(null);
  useEffect(() => {
    let current = true;
    setRead(null);
    if (file) void readWorkflowFile(file).then((found) => current && setRead(found));
    return () => {
      current = false;
    };
  }, [file]);
  if (file && read?.workflow) {
    return <ImportForm workflow={read.workflow} fileName={file.name} taken={taken} onClose={onClose} />;
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('workflows.importTitle')}
      size={460}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack gap="md">
        {read?.problem && <Refusal file={file} problem={read.problem} />}
        <DropTarget label={t(read ? 'workflows.importOther' : 'workflows.importChoose')} onFile={setFile} />
      </Stack>
    </Modal>
  );
}

function DropTarget({ label, onFile }: { label: string; onFile(file: File): void }) {
  return (
    <section
      className={classes.drop}
      aria-label={t('workflows.importDrop')}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        const file = event.dataTransfer.files[0];
        if (file) onFile(file);
      }}
    >
      <IconUpload size={22} stroke={1.5} aria-hidden />
      <Text c="dimmed">{t('workflows.importDrop')}</Text>
      <FileButton accept="application/json,.json" onChange={(file) => file && onFile(file)}>
        {(button) => (
          <Button data-autofocus {...button}>
            {label}
          </Button>
        )}
      </FileButton>
    </section>
  );
}

function Refusal({ file, problem }: { file: File | null; problem: NonNullable<WorkflowFile['problem']> }) {
  const { message, action, issues } = problem;
  return (
    <Alert
      color="red"
      role="alert"
      title={file ? `${file.name}: ${message}` : message}
      icon={<IconAlertTriangleFilled size={16} aria-hidden />}
    >
      <IssueList issues={issues} />
      {action}
    </Alert>
  );
}
