import { Button, Group, Modal, Stack } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { t } from '../../texts/t.ts';
import { FailureAlert } from './FailureAlert.tsx';
import classes from './FormDialog.module.css';

interface FormDialogProps {
  title: string;
  /** The verb on the button. */
  submit: string;
  /** Something is removed or lost: the button is red. */
  danger?: boolean;
  disabled?: boolean;
  size?: number;
  /** The dialog stays open when it gives false, or when it rejects: then with the failure above the fields. */
  onSubmit(): Promise<unknown>;
  onClose(): void;
  children: ReactNode;
}

/** A question with an answer that takes a moment. Rendered only while it is open. */
export function FormDialog(props: FormDialogProps) {
  const { title, submit, danger, disabled, size = 460, onSubmit, onClose, children } = props;
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    // Dialogs are portals: without this the event would also reach a form that the dialog was opened from.
    event.stopPropagation();
    setBusy(true);
    try {
      if ((await onSubmit()) === false) setBusy(false);
      else onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} size={size} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form onSubmit={(event) => void send(event)} noValidate>
        <Stack gap="md">
          {error !== null && <FailureAlert error={error} />}
          {children}
          <Group justify="flex-end" gap="sm" mt="xs">
            <Button onClick={onClose}>{t('action.cancel')}</Button>
            <Button
              type="submit"
              variant="filled"
              className={danger ? classes.danger : undefined}
              loading={busy}
              disabled={disabled}
            >
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
