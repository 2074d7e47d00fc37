import { create } from 'zustand';

/** The transition under the pointer: it alone shows its "+". */
export const useHovered = create<{ id: string | null }>(() => ({ id: null }));

/** Long enough to come from a thin arrow to the "+" beside it. */
const staysMs = 300;
let leaving: ReturnType<typeof setTimeout> | undefined;

export function setHovered(id: string | null): void {
  clearTimeout(leaving);
  useHovered.setState({ id });
}

/** The pointer has left: a moment later, unless it comes back or is at another one. */
export function leaveHovered(): void {
  clearTimeout(leaving);
  leaving = setTimeout(() => useHovered.setState({ id: null }), staysMs);
}
