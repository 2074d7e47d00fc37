import { createContext, useContext } from 'react';

/** Whether the drawing on screen may be changed: a draft, by someone who may; never a run or an old version. */
export const EditingContext = createContext(false);
export const useEditing = (): boolean => useContext(EditingContext);
