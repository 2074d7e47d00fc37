import { z } from 'zod';
import type { ConnectorDefinition } from '../../contract/connector.ts';
import { folderPath } from '../../contract/files.ts';

const settingsSchema = z.strictObject({
  folder: z
    .string()
    .trim()
    .max(500)
    .refine(isFolder, 'write a path such as incoming/crm, below the files of this instance and without ".."')
    .default(''),
});
export type LocalFolderSettings = z.output<typeof settingsSchema>;

function isFolder(text: string): boolean {
  try {
    folderPath(text);
    return true;
  } catch {
    return false;
  }
}

export const definition: ConnectorDefinition<LocalFolderSettings> = {
  kind: 'local-folder',
  label: 'Local folder',
  description: 'A folder among the files of this instance.',
  icon: 'IconFolder',
  capabilities: ['files'],
  settings: settingsSchema,
  defaults: { folder: '' },
  form: [
    {
      kind: 'text',
      name: 'folder',
      label: 'Folder',
      placeholder: 'incoming',
      hint: 'It lies in the folder files of this instance and is made when it is first written to. Empty: that folder itself.',
      optional: true,
    },
  ],
  secrets: [],
};
