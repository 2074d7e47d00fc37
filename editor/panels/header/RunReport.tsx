import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { StateMark } from '../../canvas/StateMark.tsx';
import { findTroubles, type Trouble } from '../../state/run/troubles.ts';
import { useRunView } from '../../state/runStore.ts';
import { type BottomTab, setView, showNode } from '../../state/viewStore.ts';
import { formatExactInstant, formatTime } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { whatRan } from '../../texts/whatRan.ts';
import { useDrawing } from '../DrawingContext.ts';
import classes from './RunReport.module.css';

const marks = { failed: 'failed', ignored: 'ignored', retry: 'pending', warning: 'running', asks: 'waiting' } as const;

/** How the run shown went: which node failed or is held up, why, and what to do; each leads to its node. */
export function RunReport({ onClose }: { onClose(): void }) {
  const nodes = useRunView((view) => view.nodes);
  const error = useRunView((view) => view.error);
  const createdAt = useRunView((view) => view.createdAt);
  const troubles = useMemo(() => findTroubles({ nodes }), [nodes]);
  const open = (bottomTab: BottomTab) => {
    setView({ bottomTab, bottomOpen: true });
    onClose();
  };
  const what = whatRan(useRunView(useShallow(({ version, simulated }) => ({ version, simulated }))));
  return (
    <section className={classes.report} aria-label={t('header.report')}>
      <p className={classes.about}>{t('header.reportOf', { what, at: formatExactInstant(createdAt) })}</p>
      <Simulated />
      {troubles.length > 0 && (
        <ul className={classes.list}>
          {troubles.map((trouble) => (
            <TroubleItem key={trouble.nodeId} trouble={trouble} onClose={onClose} />
          ))}
        </ul>
      )}
      {troubles.length === 0 && error && (
        <p>
          {error.message} {error.action}
        </p>
      )}
      {troubles.length === 0 && !error && <p>{t('header.reportFine')}</p>}
      <div className={classes.foot}>
        <Button size="compact-sm" onClick={() => open('log')}>
          {t('bottom.log')}
        </Button>
        <Button size="compact-sm" onClick={() => open('timeline')}>
          {t('bottom.timeline')}
        </Button>
      </div>
    </section>
  );
}

/** Why nothing follows the nodes that write. */
function Simulated() {
  const { workflow } = useDrawing();
  const nodes = useRunView((view) => view.nodes);
  return workflow.nodes.map(({ id, label }) => {
    const node = nodes[id];
    if (node?.would == null) return null;
    const { would, rowsIn: count } = node;
    return (
      <p key={id}>
        <b>{label}</b> {t('canvas.wouldHint', { would, count })}
      </p>
    );
  });
}

function TroubleItem({ trouble, onClose }: { trouble: Trouble; onClose(): void }) {
  const { workflow } = useDrawing();
  const { nodeId, kind, message, action, again } = trouble;
  const label = workflow.nodes.find((node) => node.id === nodeId)?.label ?? nodeId;
  const next = again === null ? action : t('header.reportAgain', { at: formatTime(again) });
  const show = () => {
    showNode(nodeId, { tab: kind === 'asks' ? 'settings' : 'log' });
    onClose();
  };
  return (
    <li>
      <button type="button" className={classes.trouble} onClick={show}>
        <StateMark state={marks[kind]} />
        <span>
          <b>{label}</b>
          {message}
          {next && <small>{next}</small>}
        </span>
      </button>
    </li>
  );
}
