import { IconAlertCircleFilled, IconCircleDashed, IconPlayerPauseFilled } from '@tabler/icons-react';
import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { iconNamed } from '../catalog/icons.ts';
import { useFresh } from '../state/freshStore.ts';
import { useProblems } from '../state/problemsStore.ts';
import type { NodeView } from '../state/run/runView.ts';
import { useRunView } from '../state/runStore.ts';
import { t } from '../texts/t.ts';
import { useFar } from './far.ts';
import type { CardNode } from './flowParts.ts';
import classes from './NodeCard.module.css';
import { InboundPort, OutputPorts } from './NodePorts.tsx';
import { nodeStatus } from './nodeStatus.ts';
import { StateMark } from './StateMark.tsx';
import { useLeftOut } from './useLeftOut.ts';

/** A node in one glance: what it is, its name, what it does, how it went. From far away, what can be read from there. */
export const NodeCard = memo(function NodeCard(props: NodeProps<CardNode>) {
  return useFar((state) => state.far) ? <FarCard {...props} /> : <NearCard {...props} />;
});

/** A thousand of these are on screen at once: a name and a state, nothing else. */
function FarCard({ id, data, selected }: NodeProps<CardNode>) {
  const state = useRunView((view) => view.nodes[id]?.state);
  const { node, look } = data;
  return (
    <div
      className={`${classes.card} ${classes.far}`}
      data-group={look?.group}
      data-selected={selected || undefined}
      data-state={state}
      data-execution={node.execution}
    >
      {node.label}
    </div>
  );
}

function NearCard({ id, data, selected }: NodeProps<CardNode>) {
  const run = useRunView((view) => view.nodes[id]);
  const problems = useProblems((state) => state.byNode.get(id));
  const { node, definition, look } = data;
  const Icon = iconNamed(look?.icon ?? 'IconQuestionMark');
  const behind = useLeftOut((state) => state.behind.get(id));
  const status = definition ? nodeStatus(run, behind) : null;
  const summary = definition ? data.summary : t('canvas.unknownType', { type: node.type });
  return (
    <div
      className={classes.card}
      data-group={look?.group}
      data-selected={selected || undefined}
      data-state={run?.state}
      data-execution={node.execution}
      data-left-out={(!run && behind !== undefined) || undefined}
    >
      {data.takesInput && <InboundPort label={node.label} />}
      <span className={classes.icon}>
        <Icon size={19} stroke={1.8} aria-hidden />
        {problems && <ProblemMark nodeId={id} severity={problems.severity} count={problems.count} />}
      </span>
      <span className={classes.text}>
        <b>{node.label}</b>
        <small data-tone={status?.tone} title={status?.title}>
          {status?.text ?? summary}
        </small>
      </span>
      <span className={classes.mark}>
        {node.execution === 'stop' && (
          <IconPlayerPauseFilled size={12} role="img" aria-label={t('canvas.pausesHere')} />
        )}
        {run && run.pass > 1 && <span className={classes.pass}>{t('canvas.pass', { pass: run.pass })}</span>}
        {run && <StateMark state={run.state} />}
      </span>
      {run?.state === 'running' && <ProgressBar progress={run.progress} />}
      <OutputPorts id={id} data={data} />
    </div>
  );
}

/** A node just added has nothing wrong yet: it is still to be set up. */
function ProblemMark({ nodeId, severity, count }: { nodeId: string; severity: 'error' | 'warning'; count: number }) {
  const fresh = useFresh((state) => state.touched.has(nodeId));
  if (fresh)
    return (
      <span className={classes.problem} data-severity="quiet" title={t('canvas.toSetUp')}>
        <IconCircleDashed size={13} stroke={2.4} role="img" aria-label={t('canvas.toSetUp')} />
      </span>
    );
  const label = t('canvas.problems', { count });
  return (
    <span className={classes.problem} data-severity={severity} title={label}>
      <IconAlertCircleFilled size={13} role="img" aria-label={label} />
    </span>
  );
}

function ProgressBar({ progress }: { progress: NodeView['progress'] }) {
  const share = progress?.total ? Math.min(1, progress.done / progress.total) : null;
  return (
    <span className={classes.bar} data-unknown={share === null || undefined}>
      <span style={share === null ? undefined : { width: `${share * 100}%` }} />
    </span>
  );
}
