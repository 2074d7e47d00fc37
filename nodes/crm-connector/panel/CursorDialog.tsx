import { Alert, Button, Group, List, Modal, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { formatDistanceStrict } from 'date-fns';
import { useState } from 'react';
import { formatCursor, parseCursor } from '../../../contract/run.ts';
import type { OptionChanges, PanelContext, PreviewRequest } from '../../kit/panel/context.ts';
import { cursorTexts } from './cursorTexts.ts';

/** What a date means to the node: what is read from there on, and how to count it. */
export type CursorMeaning =
  | { kind: 'changed' | 'compared' | 'tracked'; lookBack: number; request: PreviewRequest | null; field: string | null }
  | { kind: 'deleted' | 'marked' };

interface CursorDialogProps {
  name: string;
  /** null: there is no date yet. */
  value: string | null;
  meaning: CursorMeaning;
  changes: OptionChanges;
  context: PanelContext;
  onClose(): void;
}

/** Moves the date, and says before it does what the next import will read. */
export function CursorDialog({ name, value, meaning, changes, context, onClose }: CursorDialogProps) {
  const [text, setText] = useState(value ?? formatCursor(new Date()));
  const [everything, setEverything] = useState(false);
  const instant = everything ? null : parseCursor(text);
  const problem = everything ? null : dateProblem(text);
  const before = value === null ? null : parseCursor(value);
  const back = everything || (before !== null && instant !== null && instant < before);
  const unchanged = everything ? value === null : text === value;
  const save = async () => {
    const done = everything ? await changes.remove(name) : await changes.set(name, text, value);
    if (done) onClose();
  };
  const step = (milliseconds: number) => {
    setEverything(false);
    setText(formatCursor(new Date((before ?? new Date()).getTime() - milliseconds)));
  };
  return (
    <Modal opened onClose={onClose} title={value === null ? cursorTexts.setTitle : cursorTexts.moveTitle}>
      <Stack gap="sm">
        <TextInput
          data-autofocus
          label={cursorTexts.date}
          description={cursorTexts.format}
          value={everything ? '' : text}
          onChange={(event) => {
            setEverything(false);
            setText(event.currentTarget.value);
          }}
          error={problem}
          disabled={everything}
          ff="monospace"
        />
        <Group gap={6} role="group" aria-label={cursorTexts.steps}>
          <span>{cursorTexts.steps}</span>
          <Button size="compact-xs" onClick={() => step(3_600_000)}>
            {cursorTexts.hour}
          </Button>
          <Button size="compact-xs" onClick={() => step(86_400_000)}>
            {cursorTexts.day}
          </Button>
          <Button size="compact-xs" onClick={() => step(7 * 86_400_000)}>
            {cursorTexts.week}
          </Button>
          {value === null ? null : (
            <Button size="compact-xs" onClick={() => setEverything(true)}>
              {cursorTexts.everything}
            </Button>
          )}
        </Group>
        {problem === null ? (
          <List spacing={4} size="sm" withPadding aria-live="polite">
            <List.Item>
              {everything ? cursorTexts.everythingNext : nextText(meaning, text)}{' '}
              <Count meaning={meaning} instant={instant} everything={everything} context={context} />
            </List.Item>
            {before && instant && instant.getTime() !== before.getTime() ? (
              <List.Item>
                {instant < before
                  ? cursorTexts.again(formatDistanceStrict(before, instant))
                  : cursorTexts.skipped(formatDistanceStrict(instant, before))}
              </List.Item>
            ) : null}
          </List>
        ) : null}
        {changes.error ? (
          <Alert color="red" title={changes.error.message}>
            {changes.error.action}
          </Alert>
        ) : null}
        <Group justify="flex-end">
          <Button onClick={onClose}>{cursorTexts.cancel}</Button>
          <Button
            variant="filled"
            color={back ? 'red' : undefined}
            disabled={problem !== null || unchanged}
            onClick={() => void save()}
          >
            {confirmText(value, everything, back)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** How many records the next import would read: asked of the CRM a moment after the last key. */
function Count({
  meaning,
  instant,
  everything,
  context,
}: {
  meaning: CursorMeaning;
  instant: Date | null;
  everything: boolean;
  context: PanelContext;
}) {
  const wanted: number | 'everything' | null = everything ? 'everything' : (instant?.getTime() ?? null);
  const [asked] = useDebouncedValue(wanted, 500);
  const request = asked === null ? null : countRequest(meaning, asked === 'everything' ? null : asked);
  const { data, error } = context.useRecordCount(request);
  if (!request) return null;
  if (error) return <span>{cursorTexts.uncounted(error.message)}</span>;
  return data === null ? <span>{cursorTexts.counting}</span> : <b>{cursorTexts.records(data)}</b>;
}

/** null where nothing can be counted: deletions, and a read of which the index field is not known yet. */
function countRequest(meaning: CursorMeaning, from: number | null): PreviewRequest | null {
  if (!('request' in meaning) || meaning.kind === 'compared' || !meaning.request || !meaning.field) return null;
  const start = from === null ? null : new Date(from - meaning.lookBack * 60_000).toISOString();
  return { ...meaning.request, fields: [], since: { field: meaning.field, from: start } };
}

function nextText(meaning: CursorMeaning, from: string): string {
  switch (meaning.kind) {
    case 'compared':
      return cursorTexts.nextCompared;
    case 'deleted':
      return cursorTexts.nextDeleted(from);
    case 'marked':
      return cursorTexts.nextMarked;
    case 'tracked':
      return cursorTexts.nextTracked(from, meaning.lookBack);
    case 'changed':
      return cursorTexts.next(from, meaning.lookBack);
  }
}

function dateProblem(text: string): string | null {
  const instant = parseCursor(text);
  if (!instant) return cursorTexts.malformed(formatCursor(new Date()));
  return instant > new Date() ? cursorTexts.ahead : null;
}

function confirmText(value: string | null, everything: boolean, back: boolean): string {
  if (everything) return cursorTexts.confirmEverything;
  if (value === null) return cursorTexts.confirmSet;
  return back ? cursorTexts.confirmBack : cursorTexts.confirm;
}
