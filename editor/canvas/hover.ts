import { create } from 'zustand';

/** The transition under the pointer: it alone shows its "+". */
export const useHovered = create<{ id: string | null }>(() => ({ id: null }));
export const setHovered = (id: string | null): void => useHovered.setState({ id });
