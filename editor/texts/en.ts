/** Every text of the editor, in English. One file per area under en/; keys begin with the area. */
import { canvasTexts } from './en/canvas.ts';
import { editorTexts } from './en/editor.ts';
import { panelTexts } from './en/panels.ts';
import { rowTexts } from './en/rows.ts';
import { runTexts } from './en/runs.ts';
import { shellTexts } from './en/shell.ts';

export const en = {
  ...shellTexts,
  ...canvasTexts,
  ...editorTexts,
  ...panelTexts,
  ...rowTexts,
  ...runTexts,
} as const;
