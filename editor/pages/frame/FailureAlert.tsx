import { Alert } from '@mantine/core';
import { IconAlertTriangleFilled } from '@tabler/icons-react';
import { describeFailure } from '../../api/apiError.ts';

/** A failure inside a form or a pane: its sentence, then what to do. */
export function FailureAlert({ error }: { error: unknown }) {
  const { message, action } = describeFailure(error);
  return (
    <Alert color="red" title={message} role="alert" icon={<IconAlertTriangleFilled size={16} aria-hidden />}>
      {action}
    </Alert>
  );
}
