import { Stack } from '@mantine/core';
import type { PanelProps } from '../kit/panel/context.ts';
import { Form } from '../kit/panel/Form.tsx';
import { SentState } from '../kit/panel/SentState.tsx';

/** What tells rows apart and what counts as sent, then what was sent so far. */
export default function ChangeDetectionPanel(props: PanelProps) {
  return (
    <Stack gap="lg">
      <Form {...props} />
      <SentState context={props.context} readOnly={props.readOnly} />
    </Stack>
  );
}
