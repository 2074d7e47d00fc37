import { Alert, Anchor, Button } from '@mantine/core';
import { formatDistanceStrict } from 'date-fns';
import { useState } from 'react';
import { parseCursor } from '../../../contract/run.ts';
import type { OptionChangeSeen, PanelContext } from '../../kit/panel/context.ts';
import { ago, exactInstant } from '../../kit/panel/dates.ts';
import classes from './Cursor.module.css';
import type { CursorMeaning } from './CursorDialog.tsx';
import { CursorDialog } from './CursorDialog.tsx';
import { otherCursors } from './cursorNames.ts';
import { cursorTexts } from './cursorTexts.ts';

interface CursorProps {
  /** The option's name as it is now; null while it is not known. */
  name: string | null;
  template: string;
  activityName: string;
  meaning: CursorMeaning;
  readOnly: boolean;
  context: PanelContext;
}

/** The date from which the next import reads: what it is, who moved it, and the way to move it. */
export function Cursor(props: CursorProps) {
  const { name, meaning, readOnly, context } = props;
  const option = context.useOption(name);
  const changes = context.useOptionChange();
  const [asking, setAsking] = useState(false);
  if (name === null) return <p className={classes.note}>{cursorTexts.unknownName}</p>;
  const value = option.data?.value ?? null;
  const mayMove = changes.allowed && !readOnly && !option.loading;
  return (
    <section aria-label={cursorTexts.title} className={classes.cursor}>
      <div className={classes.head}>
        <span className={classes.title}>{cursorTexts.title}</span>
        {mayMove ? (
          <Button size="compact-xs" onClick={() => setAsking(true)}>
            {value === null ? cursorTexts.set : cursorTexts.move}
          </Button>
        ) : null}
      </div>
      {value === null ? (
        <Missing {...props} name={name} changes={changes} />
      ) : (
        <Present name={name} context={context} />
      )}
      {asking ? (
        <CursorDialog
          name={name}
          value={value}
          meaning={meaning}
          changes={changes}
          context={context}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </section>
  );
}

function Present({ name, context }: { name: string; context: PanelContext }) {
  const option = context.useOption(name).data;
  const history = context.useOptionHistory(name).data ?? [];
  if (!option) return null;
  const instant = parseCursor(option.value);
  const zone = context.workflow.timeZone;
  return (
    <>
      <div>
        <code className={classes.value}>{option.value}</code>{' '}
        <span className={classes.note}>{instant ? meaningText(instant, zone) : null}</span>
      </div>
      {history.length === 0 ? (
        <p className={classes.note}>{cursorTexts.setBy(option.updatedBy, ago(option.updatedAt))}</p>
      ) : (
        <ol className={classes.history} aria-label={cursorTexts.history}>
          {history.slice(0, shownChanges).map((change, index) => (
            <Change key={index} change={change} context={context} />
          ))}
        </ol>
      )}
      {history.length > shownChanges ? (
        <Anchor component="button" type="button" size="xs" onClick={() => context.openOption(name)}>
          {cursorTexts.all}
        </Anchor>
      ) : null}
    </>
  );
}

const shownChanges = 3;

function Change({ change, context }: { change: OptionChangeSeen; context: PanelContext }) {
  const [before, after] = [parseCursor(change.old ?? ''), parseCursor(change.new ?? '')];
  const { runId } = change;
  return (
    <li>
      <code>{change.new ?? cursorTexts.deleted}</code>
      {before && after && after < before ? (
        <span className={classes.back}>{cursorTexts.back(formatDistanceStrict(before, after))}</span>
      ) : null}
      <span className={classes.who} title={change.at}>
        {change.by} · {ago(change.at)}
        {runId === null ? null : (
          <>
            {' · '}
            <Anchor
              component="button"
              type="button"
              inherit
              aria-label={cursorTexts.openRun(change.at)}
              onClick={() => context.openRun(runId)}
            >
              {cursorTexts.run}
            </Anchor>
          </>
        )}
      </span>
    </li>
  );
}

/** There is no date of this name: a new one begins, unless the node goes on from another. */
function Missing(props: CursorProps & { name: string; changes: ReturnType<PanelContext['useOptionChange']> }) {
  const { name, template, activityName, meaning, readOnly, context, changes } = props;
  const options = context.useOptions().data ?? [];
  const workflows = context.useWorkflowNames().data;
  const nodeNames = context.useActivityNames();
  const { internalName } = context.workflow;
  const [other] =
    workflows === null ? [] : otherCursors(options, { template, internalName, activityName, nodeNames, workflows });
  return (
    <>
      <p className={classes.note}>{missingText(meaning)}</p>
      {other ? (
        <Alert color="yellow" className={classes.other}>
          {other.why === 'renamed' ? cursorTexts.renamed(other.name) : cursorTexts.copied(other.name)}{' '}
          <code>{other.value}</code>
          {changes.allowed && !readOnly ? (
            <div>
              <Button
                size="compact-xs"
                mt={6}
                onClick={() => void changes.move(other.name, name, other.why === 'copied')}
              >
                {other.why === 'renamed' ? cursorTexts.take : cursorTexts.copy}
              </Button>
            </div>
          ) : null}
          {changes.error ? <p className={classes.problem}>{changes.error.message}</p> : null}
        </Alert>
      ) : null}
    </>
  );
}

function missingText({ kind }: CursorMeaning): string {
  if (kind === 'marked') return cursorTexts.noneMarked;
  return kind === 'deleted' ? cursorTexts.noneDeleted : cursorTexts.none;
}

const meaningText = (instant: Date, zone: string): string =>
  zone === 'UTC' ? 'UTC' : cursorTexts.means(exactInstant(instant, zone), zone);
