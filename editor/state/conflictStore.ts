import { create } from 'zustand';
import type { Reply } from '../../contract/api.ts';

/** What someone else saved meanwhile, while a save of ours is refused because of it. */
export const useConflict = create<{ theirs: Reply<'getWorkflow'> | null }>(() => ({ theirs: null }));

export const setConflict = (theirs: Reply<'getWorkflow'> | null): void => useConflict.setState({ theirs });
