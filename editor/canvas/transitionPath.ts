import { getBezierPath, getSmoothStepPath, Position } from '@xyflow/react';

interface Ends {
  sourceX: number;
  sourceY: number;
  targetX: number;
  targetY: number;
}

/** The line of a transition and the place of its count. What leads back to the left goes around the cards. */
export function transitionPath(ends: Ends): [path: string, labelX: number, labelY: number] {
  const shape = { ...ends, sourcePosition: Position.Right, targetPosition: Position.Left };
  const back = ends.targetX < ends.sourceX + 20;
  const [path, x, y] = back ? getSmoothStepPath({ ...shape, borderRadius: 16, offset: 26 }) : getBezierPath(shape);
  return [path, x, y];
}
