import { Alert, Anchor, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Reply } from '../../../contract/api.ts';
import { showDone } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { ConfirmDialog } from '../frame/ConfirmDialog.tsx';
import { FailureAlert } from '../frame/FailureAlert.tsx';
import { cursorProblem, explainCursor, movedBack } from './cursorDate.ts';

type Option = Reply<'listOptions'>[number];
/** What is being written, and the value that stood there when it began. */
interface Edit {
  value: string;
  base: string;
}

/** The value, checked while it is written. Saving is refused if someone else set it meanwhile. */
export function ValueForm({ option, readOnly }: { option: Option; readOnly: boolean }) {
  const [edit, setEdit] = useState<Edit | null>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const set = useChange('setOption', ['listOptions', 'getOption']);
  const { name, isCursor } = option;
  const value = edit?.value ?? option.value;
  const base = edit?.base ?? option.value;
  const problem = isCursor && edit ? cursorProblem(value, new Date()) : null;
  const change = { params: { option: name }, body: { value, expected: base } };
  const finish = () => {
    setEdit(null);
    showDone(t('options.saved'));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const back = isCursor ? movedBack(base, value) : null;
    if (back) setAsking(back);
    else set.mutate(change, { onSuccess: finish });
  };
  const unchanged = value === base;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {set.error && asking === null && <FailureAlert error={set.error} />}
        {edit && option.value !== edit.base && <Meanwhile value={option.value} onTake={() => setEdit(null)} />}
        <ValueField
          option={option}
          value={value}
          problem={problem}
          readOnly={readOnly}
          onChange={(next) => setEdit({ value: next, base })}
        />
        {!readOnly && (
          <Group gap="sm">
            <Button
              type="submit"
              variant="filled"
              disabled={unchanged || problem !== null}
              loading={set.isPending && asking === null}
            >
              {t('options.save')}
            </Button>
            {edit && !unchanged && <Button onClick={() => setEdit(null)}>{t('action.cancel')}</Button>}
          </Group>
        )}
      </Stack>
      {asking !== null && (
        <ConfirmDialog
          title={t('options.backTitle')}
          consequences={[
            t('options.backFrom', { duration: asking, old: base }),
            t('options.backAgain', { date: value }),
          ]}
          submit={t('options.backConfirm')}
          onSubmit={() => set.mutateAsync(change).then(finish)}
          onClose={() => setAsking(null)}
        />
      )}
    </form>
  );
}

function Meanwhile({ value, onTake }: { value: string; onTake(): void }) {
  return (
    <Alert color="yellow" role="status">
      {t('options.changedMeanwhile', { value })}{' '}
      <Anchor component="button" type="button" inherit onClick={onTake}>
        {t('options.takeNew')}
      </Anchor>
    </Alert>
  );
}

interface ValueFieldProps {
  option: Option;
  value: string;
  problem: string | null;
  readOnly: boolean;
  onChange(value: string): void;
}

function ValueField({ option, value, problem, readOnly, onChange }: ValueFieldProps) {
  const shared = { label: t('options.value'), value, readOnly, error: problem, ff: 'monospace', spellCheck: false };
  if (!option.isCursor) {
    return (
      <Textarea
        {...shared}
        description={t('options.plainHint', { name: option.name })}
        autosize
        minRows={2}
        maxRows={14}
        maxLength={10_000}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <>
      <TextInput
        {...shared}
        description={t('options.cursorFormat')}
        maxLength={40}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <CursorMeaning value={value} />
    </>
  );
}

function CursorMeaning({ value }: { value: string }) {
  const explained = explainCursor(value, new Date());
  if (!explained) return null;
  return (
    <Text size="xs" role="status">
      {explained.means}{' '}
      {explained.future && (
        <Text span inherit c="var(--rej)">
          {t('options.cursorFuture')}
        </Text>
      )}
    </Text>
  );
}
