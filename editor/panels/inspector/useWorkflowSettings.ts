import type { WorkflowSettings } from '../../../contract/workflow.ts';
import { editDocument } from '../../state/documentStore.ts';
import { useDrawing } from '../DrawingContext.ts';

export interface SettingsEditor {
  settings: WorkflowSettings;
  readOnly: boolean;
  /** A setting that becomes undefined is taken out: what the instance says counts then. */
  set(patch: { [Key in keyof WorkflowSettings]?: WorkflowSettings[Key] | undefined }): void;
}

export function useWorkflowSettings(): SettingsEditor {
  const { workflow, editing } = useDrawing();
  const settings = workflow.settings ?? {};
  return {
    settings,
    readOnly: !editing,
    set: (patch) => {
      const kept = Object.entries({ ...settings, ...patch }).filter(([, value]) => value !== undefined);
      const next = Object.fromEntries(kept) as WorkflowSettings;
      editDocument({ type: 'changeWorkflow', patch: { settings: next } }, `settings:${Object.keys(patch).join()}`);
    },
  };
}
