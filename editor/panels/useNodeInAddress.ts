import { useEffect } from 'react';
import { useSearchParams } from 'react-router';
import { showNode } from '../state/viewStore.ts';

/** `?node=` of the page's address leads to that node: links from other pages use it. Call it behind what resets the view. */
export function useNodeInAddress(): void {
  const id = useSearchParams()[0].get('node');
  useEffect(() => {
    if (id) showNode(id);
  }, [id]);
}
