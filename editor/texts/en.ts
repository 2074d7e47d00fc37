/** Every text of the editor, in English. One file per area under en/; keys begin with the area. */
import { administrationTexts } from './en/administration.ts';
import { alarmTexts } from './en/alarms.ts';
import { canvasTexts } from './en/canvas.ts';
import { connectionTexts } from './en/connections.ts';
import { dataTexts } from './en/data.ts';
import { editorTexts } from './en/editor.ts';
import { exportPageTexts, exportTexts } from './en/exports.ts';
import { listTexts } from './en/lists.ts';
import { optionTexts } from './en/options.ts';
import { panelTexts } from './en/panels.ts';
import { rowTexts } from './en/rows.ts';
import { runListTexts } from './en/runList.ts';
import { runTexts } from './en/runs.ts';
import { shellTexts } from './en/shell.ts';
import { workflowTexts } from './en/workflows.ts';

export const en = {
  ...shellTexts,
  ...canvasTexts,
  ...editorTexts,
  ...panelTexts,
  ...rowTexts,
  ...runTexts,
  ...listTexts,
  ...workflowTexts,
  ...runListTexts,
  ...dataTexts,
  ...connectionTexts,
  ...optionTexts,
  ...administrationTexts,
  ...alarmTexts,
  ...exportTexts,
  ...exportPageTexts,
} as const;
