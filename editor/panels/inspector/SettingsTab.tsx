import { IconAlertCircle } from '@tabler/icons-react';
import { type FocusEvent, lazy, Suspense, useEffect, useMemo } from 'react';
import { parsedConfig } from '../../../contract/node.ts';
import type { WorkflowNode } from '../../../contract/workflow.ts';
import type { NodePanel } from '../../../nodes/kit/panel/context.ts';
import { Form } from '../../../nodes/kit/panel/Form.tsx';
import { cardData } from '../../canvas/flowParts.ts';
import { panelLoader } from '../../catalog/nodes.ts';
import { LoadingView } from '../../shell/PageStates.tsx';
import { editDocument } from '../../state/documentStore.ts';
import { changedPaths, touchChanged, touchLeft } from '../../state/freshStore.ts';
import { useRunView } from '../../state/runStore.ts';
import { useView } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { GeneralSection } from './GeneralSection.tsx';
import classes from './Inspector.module.css';
import { PanelNodeContext, useLoudIssues, usePanelContext } from './panelContext.ts';
import { Question } from './Question.tsx';
import { useReleased } from './useReleased.ts';

const loaded = new Map<string, NodePanel>();

/** The panel that a node type brings along, or the form of its definition. */
function panelOf(type: string): NodePanel {
  const known = loaded.get(type);
  if (known) return known;
  const load = panelLoader(type);
  const panel: NodePanel = load ? lazy(load) : Form;
  loaded.set(type, panel);
  return panel;
}

export function SettingsTab({ node }: { node: WorkflowNode }) {
  const { editing } = useDrawing();
  const { definition } = cardData(node);
  const context = usePanelContext(node);
  const config = useMemo(() => (definition ? parsedConfig(definition, node) : node.config), [definition, node]);
  const issues = useLoudIssues(node.id).filter((issue) => !issue.path);
  useFocusPath();
  const { press, whenReleased } = useReleased();
  if (!definition) return <p>{t('canvas.unknownType', { type: node.type })}</p>;
  const Panel = panelOf(node.type);
  const change = (next: Record<string, unknown>, coalesce?: string) => {
    touchChanged(node.id, changedPaths(config, next));
    editDocument(
      { type: 'changeConfig', id: node.id, config: next as WorkflowNode['config'] },
      coalesce === undefined ? undefined : `${node.id}:${coalesce}`,
    );
  };
  const leave = (event: FocusEvent) => {
    const path = event.target.closest<HTMLElement>('[data-path]')?.dataset.path;
    if (path) whenReleased(() => touchLeft(node.id, path));
  };
  return (
    <section aria-label={t('inspector.settings')} onBlur={leave} onPointerDownCapture={press}>
      <NodeIssues issues={issues} />
      <Question key={node.id} nodeId={node.id} />
      <RunFailure nodeId={node.id} />
      <PanelNodeContext value={node.id}>
        <Suspense fallback={<LoadingView />}>
          <Panel
            definition={definition}
            node={node}
            config={config}
            onChange={change}
            readOnly={!editing}
            context={context}
          />
        </Suspense>
      </PanelNodeContext>
      <GeneralSection node={node} />
    </section>
  );
}

/** Problems of the node as a whole; those of a field stand at the field. */
function NodeIssues({ issues }: { issues: readonly { message: string; action: string; severity: string }[] }) {
  return issues.map(({ message, action, severity }) => (
    <div key={message} className={classes.issue} data-severity={severity} role="alert">
      <IconAlertCircle size={16} aria-hidden />
      <span>
        {message} {action}
      </span>
    </div>
  ));
}

/** Why the node failed in the run shown, where its settings can be mended; gone with the next run. */
function RunFailure({ nodeId }: { nodeId: string }) {
  const failed = useRunView((view) => {
    const node = view.nodes[nodeId];
    return node?.state === 'failed' || node?.state === 'ignored' ? node : null;
  });
  if (!failed?.error) return null;
  const { message, action } = failed.error;
  return (
    <div className={classes.issue} data-severity={failed.state === 'failed' ? 'error' : 'warning'} role="note">
      <IconAlertCircle size={16} aria-hidden />
      <span>{t('inspector.failed', { reason: `${message} ${action}` })}</span>
    </div>
  );
}

/** Brings the field that the problems list names into view: forms mark theirs with `data-path`. */
function useFocusPath(): void {
  const path = useView((view) => view.focusPath);
  useEffect(() => {
    if (path === null) return;
    const frame = requestAnimationFrame(() => {
      const field = fieldAt(path);
      field?.scrollIntoView({ block: 'center' });
      field
        ?.querySelector<HTMLElement>(':is(input, textarea, button):enabled, [contenteditable="true"]')
        ?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [path]);
}

/** The element of a path, or of the nearest path above it. */
function fieldAt(path: string): HTMLElement | null {
  for (let parts = path.split('.'); parts.length > 0; parts = parts.slice(0, -1)) {
    const found = document.querySelector<HTMLElement>(
      `[data-inspector-body] [data-path="${CSS.escape(parts.join('.'))}"]`,
    );
    if (found) return found;
  }
  return null;
}
