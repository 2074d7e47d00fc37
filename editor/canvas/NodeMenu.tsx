import { Menu } from '@mantine/core';
import type { Workflow } from '../../contract/workflow.ts';
import { t } from '../texts/t.ts';
import { NodeMenuItems } from './NodeMenuItems.tsx';
import { focusCanvas } from './useCanvasKeys.ts';

/** The menu of a node where the pointer (or the menu key) asked for it. */
export interface MenuPlace {
  nodeId: string;
  x: number;
  y: number;
}

export function NodeMenu({ workflow, at, onClose }: { workflow: Workflow; at: MenuPlace; onClose(): void }) {
  const node = workflow.nodes.find((one) => one.id === at.nodeId);
  if (!node) return null;
  const close = () => {
    onClose();
    focusCanvas();
  };
  return (
    <Menu opened onClose={close} position="bottom-start" offset={2} returnFocus={false} trapFocus>
      <Menu.Target>
        <span style={{ position: 'fixed', left: at.x, top: at.y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={t('inspector.actions', { node: node.label })}>
        <NodeMenuItems node={node} transitions={workflow.transitions} />
      </Menu.Dropdown>
    </Menu>
  );
}
