import { Anchor } from '@mantine/core';
import { useEffect } from 'react';
import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import type { Json } from '../../../contract/types.ts';
import { useApi } from '../../api/queries.ts';
import { FailureView, LoadingView } from '../../shell/PageStates.tsx';
import { useRunView } from '../../state/runStore.ts';
import { formatDuration, formatExactInstant, formatNumber } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { StateBadge } from '../StateBadge.tsx';
import classes from './Inspector.module.css';
import { Question } from './Question.tsx';
import { TaskExport } from './TaskExport.tsx';

type Task = Reply<'getRun'>['tasks'][number];

/** What the node did in the run shown, pass by pass: attempts, times, why it failed, and the variables it saw and left. */
export function TaskTab({ nodeId }: { nodeId: string }) {
  const runId = useRunView((view) => view.runId);
  const state = useRunView((view) => view.nodes[nodeId]?.state);
  const run = useApi('getRun', { params: { run: runId ?? '' } }, { enabled: runId !== null, staleTime: 0 });
  const { refetch } = run;
  useEffect(() => {
    if (state !== undefined) void refetch();
  }, [state, refetch]);
  if (runId === null) return <p className={classes.type}>{t('task.noRun')}</p>;
  if (run.error) return <FailureView error={run.error} onRetry={() => void refetch()} />;
  if (!run.data) return <LoadingView />;
  const tasks = run.data.tasks.filter((task) => task.nodeId === nodeId).toReversed();
  if (tasks.length === 0) return <p className={classes.type}>{t('task.none')}</p>;
  return (
    <>
      <Question nodeId={nodeId} />
      {tasks.map((task) => (
        <TaskFacts key={task.id} run={runId} task={task} passes={tasks.length} />
      ))}
      <Variables title={t('task.instanceVars')} vars={run.data.instanceVars as Record<string, Json>} />
    </>
  );
}

function TaskFacts({ run, task, passes }: { run: string; task: Task; passes: number }) {
  const { id, pass, state, attempt, startedAt, endedAt, durationMs, rowsIn, error, vars, taskVars, calledRun } = task;
  const facts: [string, string][] = [
    [t('task.attempt'), formatNumber(attempt)],
    [t('task.started'), startedAt === null ? '–' : formatExactInstant(startedAt)],
    [t('task.ended'), endedAt === null ? '–' : formatExactInstant(endedAt)],
    [t('task.duration'), durationMs === null ? '–' : formatDuration(durationMs)],
    [t('task.rowsIn'), formatNumber(rowsIn)],
  ];
  const title = passes > 1 ? t('task.pass', { pass }) : t('task.title');
  return (
    <section className={classes.group} aria-label={title}>
      <div className={classes.groupHead}>
        {title}
        <StateBadge state={state} />
      </div>
      {error && (
        <p className={classes.issue} data-severity={state === 'failed' ? 'error' : 'warning'}>
          {error.message} {error.action}
        </p>
      )}
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <TaskExport run={run} task={id} />
      {calledRun && (
        <Anchor component={Link} to={`/runs/${calledRun}`} size="sm">
          {t('task.calledRun')}
        </Anchor>
      )}
      <Variables title={t('task.vars')} vars={vars as Record<string, Json>} />
      <Variables title={t('task.taskVars')} vars={taskVars as Record<string, Json>} />
    </section>
  );
}

/** Nothing where there are none. */
function Variables({ title, vars }: { title: string; vars: Record<string, Json> }) {
  const names = Object.keys(vars).sort();
  if (names.length === 0) return null;
  return (
    <div className={classes.vars}>
      <h3>{title}</h3>
      <table className={classes.columns} aria-label={title}>
        <tbody>
          {names.map((name) => {
            const text = textOf(vars[name] ?? null);
            return (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                <td title={text}>{text}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
