import { Button, Tabs } from '@mantine/core';
import { IconCopy, IconTrash } from '@tabler/icons-react';
import type { WorkflowNode } from '../../../contract/workflow.ts';
import { duplicateSelected, removeSelected } from '../../canvas/commands.ts';
import { cardData } from '../../canvas/flowParts.ts';
import { ErrorBoundary } from '../../shell/ErrorBoundary.tsx';
import { useRunView } from '../../state/runStore.ts';
import { type InspectorTab, selectedNode, setView, useView } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { InputTab, OutputTab } from './ColumnTabs.tsx';
import { countedPorts } from './countedPorts.ts';
import classes from './Inspector.module.css';
import { NodeLogTab, useNodeLog } from './NodeLogTab.tsx';
import { NodeTitle } from './NodeTitle.tsx';
import { SettingsTab } from './SettingsTab.tsx';
import { TaskTab } from './TaskTab.tsx';
import { WorkflowSettings } from './WorkflowSettings.tsx';

/** What is selected: a node with its settings, input, output and log; several; or, with nothing selected, the workflow. */
export function Inspector() {
  const { workflow } = useDrawing();
  const id = useView(selectedNode);
  const many = useView((view) => view.selection.nodes.length + view.selection.notes.length);
  const node = workflow.nodes.find((one) => one.id === id);
  if (node) return <NodeInspector key={node.id} node={node} />;
  return many > 1 ? <ManySelected count={many} /> : <WorkflowSettings />;
}

function NodeInspector({ node }: { node: WorkflowNode }) {
  const tab = useView((view) => view.inspectorTab);
  const counted = countedPorts(node, useRunView((view) => view.nodes[node.id]?.ports) ?? {});
  const lines = useNodeLog(node.id).length;
  return (
    <section className={classes.inspector} aria-label={t('inspector.label', { node: node.label })}>
      <NodeTitle node={node} />
      <Tabs
        className={classes.tabs}
        value={tab}
        onChange={(value) => setView({ inspectorTab: (value ?? 'settings') as InspectorTab })}
        keepMounted={false}
      >
        <Tabs.List className={classes.list}>
          <Tabs.Tab value="settings">{t('inspector.settings')}</Tabs.Tab>
          <Tabs.Tab value="input">{t('inspector.input')}</Tabs.Tab>
          <Tabs.Tab value="output">
            {counted.length === 1 && counted[0]
              ? t('inspector.outputCount', { rows: counted[0].count })
              : t('inspector.output')}
          </Tabs.Tab>
          <Tabs.Tab value="task">{t('inspector.task')}</Tabs.Tab>
          <Tabs.Tab value="log">{lines === 0 ? t('inspector.log') : t('inspector.logCount', { lines })}</Tabs.Tab>
        </Tabs.List>
        <div className={classes.body} data-inspector-body>
          <ErrorBoundary resetKey={`${node.id} ${tab}`}>
            <Tabs.Panel value="settings">
              <SettingsTab node={node} />
            </Tabs.Panel>
            <Tabs.Panel value="input">
              <InputTab node={node} />
            </Tabs.Panel>
            <Tabs.Panel value="output">
              <OutputTab node={node} ports={cardData(node).ports} />
            </Tabs.Panel>
            <Tabs.Panel value="task">
              <TaskTab nodeId={node.id} />
            </Tabs.Panel>
            <Tabs.Panel value="log">
              <NodeLogTab nodeId={node.id} />
            </Tabs.Panel>
          </ErrorBoundary>
        </div>
      </Tabs>
    </section>
  );
}

function ManySelected({ count }: { count: number }) {
  const { editing } = useDrawing();
  return (
    <div className={classes.many}>
      <h2>{t('inspector.many', { count })}</h2>
      <p>{t('inspector.manyHint')}</p>
      {editing && (
        <>
          <Button leftSection={<IconCopy size={15} aria-hidden />} onClick={duplicateSelected}>
            {t('inspector.duplicate')}
          </Button>
          <Button leftSection={<IconTrash size={15} aria-hidden />} onClick={removeSelected}>
            {t('action.delete')}
          </Button>
        </>
      )}
    </div>
  );
}
