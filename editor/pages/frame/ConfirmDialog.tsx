import { List, Text } from '@mantine/core';
import { FormDialog } from './FormDialog.tsx';

interface ConfirmDialogProps {
  title: string;
  /** What will be different afterwards, one sentence each. */
  consequences: readonly string[];
  submit: string;
  onSubmit(): Promise<unknown>;
  onClose(): void;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ consequences, ...dialog }: ConfirmDialogProps) {
  return (
    <FormDialog {...dialog} danger>
      {consequences.length === 1 ? (
        <Text>{consequences[0]}</Text>
      ) : (
        <List spacing={6} withPadding>
          {consequences.map((consequence) => (
            <List.Item key={consequence}>{consequence}</List.Item>
          ))}
        </List>
      )}
    </FormDialog>
  );
}
