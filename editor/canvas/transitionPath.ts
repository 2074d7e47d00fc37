import { getBezierPath, getSmoothStepPath, Position } from '@xyflow/react';

interface Ends {
  sourceX: number;
  sourceY: number;
  targetX: number;
  targetY: number;
}

/** Cards that stand in one row: a line straight back would run behind them. */
const rowHeight = 70;

/** The line of a transition and the place of its count. What leads back within a row goes around below the cards. */
export function transitionPath(ends: Ends): [path: string, labelX: number, labelY: number] {
  const shape = { ...ends, sourcePosition: Position.Right, targetPosition: Position.Left };
  const back = ends.targetX < ends.sourceX + 20;
  if (!back || Math.abs(ends.targetY - ends.sourceY) > rowHeight) {
    const [path, x, y] = getBezierPath({ ...shape, curvature: back ? 0.5 : 0.25 });
    return [path, x, y];
  }
  const centerY = Math.max(ends.sourceY, ends.targetY) + rowHeight;
  const [path, x, y] = getSmoothStepPath({ ...shape, centerY, borderRadius: 16, offset: 26 });
  return [path, x, y];
}
