/** Files as rows of a table. */
import type { FileEntry } from '../../contract/files.ts';
import type { Cell, Column } from '../../contract/types.ts';

export const fileColumns: readonly Column[] = [
  { name: 'path', label: 'Path', type: 'text' },
  { name: 'name', label: 'Name', type: 'text' },
  { name: 'size', label: 'Bytes', type: 'integer' },
  { name: 'modifiedAt', label: 'Modified', type: 'datetime' },
];

export const fileRow = ({ path, name, size, modifiedAt }: FileEntry): Cell[] => [path, name, size, modifiedAt];
