import { useReactFlow } from '@xyflow/react';
import { t } from '../texts/t.ts';
import { addNode } from './commands.ts';
import { FloatingList } from './FloatingList.tsx';
import { NodeChoices } from './NodeChoices.tsx';
import { closeQuickAdd, useQuickAdd } from './quickAdd.ts';

const titles = { insert: 'canvas.addBetween', continue: 'canvas.addNext', alone: 'canvas.addHere' } as const;

/** The list of node types that opens on "+" of a transition, or where a transition is dropped on empty canvas. */
export function QuickAdd() {
  const { wish, at } = useQuickAdd();
  const flow = useReactFlow();
  if (!wish) return null;
  const choose = (type: string) => {
    addNode(type, wish, flow.screenToFlowPosition({ x: at.x, y: at.y - 30 }));
    closeQuickAdd();
  };
  return (
    <FloatingList at={at} label={t(titles[wish.kind])} onClose={closeQuickAdd}>
      <NodeChoices onChoose={choose} onCancel={closeQuickAdd} />
    </FloatingList>
  );
}
