import { create } from 'zustand';

/** Below this zoom neither counts nor summaries can be read, and a thousand nodes may be in view. */
const farBelow = 0.28;

/** Whether the canvas is seen from far away: cards and transitions draw less then. */
export const useFar = create<{ far: boolean }>(() => ({ far: false }));

export function noteZoom(zoom: number): void {
  const far = zoom < farBelow;
  if (far !== useFar.getState().far) useFar.setState({ far });
}
