import { Button, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import type { SentSummary } from '../../../contract/sent.ts';
import type { PanelContext } from './context.ts';
import { ago } from './dates.ts';
import classes from './panel.module.css';
import { texts } from './texts.ts';

/** What the node was last sent: how much, since when, and the way to begin anew. */
export function SentState({ context, readOnly }: { context: PanelContext; readOnly: boolean }) {
  const { data, error, forget } = context.useSent();
  const [asking, setAsking] = useState(false);
  const sums = (data ?? []).filter(({ sent, dismissed }) => sent + dismissed > 0);
  return (
    <section aria-label={texts.sent} className={classes.field}>
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {texts.sent}
        </Text>
        {forget && !readOnly && sums.length > 0 ? (
          <Button size="compact-xs" variant="default" onClick={() => setAsking(true)}>
            {texts.forget}
          </Button>
        ) : null}
      </Group>
      {error ? <Text size="xs">{error.message}</Text> : null}
      {data && sums.length === 0 ? <Text size="xs">{texts.sentNothing}</Text> : null}
      {sums.map((sum) => (
        <Sum key={sum.target} {...sum} />
      ))}
      {asking && forget ? <Question forget={forget} onClose={() => setAsking(false)} /> : null}
    </section>
  );
}

function Sum({ target, sent, dismissed, since, last }: SentSummary) {
  return (
    <div>
      {target === '' ? null : <Text size="xs">{texts.sentTo(target)}</Text>}
      <Text size="xs">{texts.sentRows(sent, dismissed)}</Text>
      {since && last ? <Text size="xs">{texts.sentSince(ago(since), ago(last))}</Text> : null}
    </div>
  );
}

function Question({ forget, onClose }: { forget: () => Promise<void>; onClose: () => void }) {
  const [failed, setFailed] = useState<string | null>(null);
  const confirm = (): void => {
    forget().then(onClose, (error: unknown) => setFailed(error instanceof Error ? error.message : String(error)));
  };
  return (
    <Modal opened onClose={onClose} title={texts.forgetTitle}>
      <Text size="sm">{texts.forgetText}</Text>
      {failed === null ? null : (
        <Text size="sm" role="alert">
          {failed}
        </Text>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {texts.cancel}
        </Button>
        <Button color="red" onClick={confirm}>
          {texts.forgetConfirm}
        </Button>
      </Group>
    </Modal>
  );
}
