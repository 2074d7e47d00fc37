import { useEffect } from 'react';
import { showDone } from '../api/notices.ts';
import { useDocument } from '../state/documentStore.ts';
import { useView } from '../state/viewStore.ts';
import { t } from '../texts/t.ts';
import { pickPiece, pieceText } from './clipboard.ts';
import { pasteText, removeSelected } from './commands.ts';
import { useEditing } from './EditingContext.ts';
import { isTyping } from './isTyping.ts';
import { useViewport } from './useViewport.ts';

/** The browser's own copy, cut and paste, so that no permission is asked for and every menu and key works. */
export function useClipboard(): void {
  const editing = useEditing();
  const { centre } = useViewport();
  useEffect(() => {
    const copy = (event: ClipboardEvent) => {
      if (putSelection(event) && event.type === 'cut' && editing) removeSelected();
    };
    const paste = (event: ClipboardEvent) => {
      if (!editing || event.defaultPrevented || isTyping(event.target)) return;
      if (pasteText(event.clipboardData?.getData('text/plain') ?? '', centre())) event.preventDefault();
    };
    document.addEventListener('copy', copy);
    document.addEventListener('cut', copy);
    document.addEventListener('paste', paste);
    return () => {
      document.removeEventListener('copy', copy);
      document.removeEventListener('cut', copy);
      document.removeEventListener('paste', paste);
    };
  }, [editing, centre]);
}

/** Marked text, a text field or a table cell is copied as usual; only otherwise the selected nodes are. */
function putSelection(event: ClipboardEvent): boolean {
  const marked = window.getSelection()?.isCollapsed === false;
  if (event.defaultPrevented || marked || isTyping(event.target)) return false;
  const { workflow } = useDocument.getState();
  if (!workflow) return false;
  const piece = pickPiece(workflow, useView.getState().selection);
  const count = piece.nodes.length + piece.notes.length;
  if (count === 0) return false;
  event.clipboardData?.setData('text/plain', pieceText(piece));
  event.preventDefault();
  showDone(t('canvas.copied', { count }));
  return true;
}
