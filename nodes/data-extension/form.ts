import type { FormField, ShownWhen } from '../../contract/form.ts';

const byFile: ShownWhen = { name: 'delivery', is: ['file'] };

export const form: FormField[] = [
  { kind: 'connection', name: 'connection', label: 'Connection', capability: 'dataExtensions' },
  {
    kind: 'template',
    name: 'extension',
    label: 'Data extension',
    placeholder: 'external key',
    hint: 'The external key that stands in its properties. It has to have a primary key.',
  },
  {
    kind: 'choice',
    name: 'mode',
    label: 'Rows',
    display: 'segments',
    choices: [
      { value: 'update', label: 'Update only', hint: 'A row whose key is not there is rejected.' },
      { value: 'upsert', label: 'Add and update', hint: 'A row whose key is not there is added.' },
    ],
  },
  {
    kind: 'list',
    name: 'key',
    label: 'Primary key',
    hint: 'A line for each column of the primary key.',
    addLabel: 'Add a column of the key',
    initial: { column: '', attribute: '' },
    item: [
      { kind: 'column', name: 'column', label: 'Column' },
      { kind: 'text', name: 'attribute', label: 'Fills', hint: 'Empty: the column of the same name.', optional: true },
    ],
  },
  {
    kind: 'list',
    name: 'attributes',
    label: 'Attributes',
    hint: 'Columns that the data extension has.',
    addLabel: 'Add an attribute',
    initial: { column: '', attribute: '' },
    item: [
      { kind: 'column', name: 'column', label: 'Column' },
      { kind: 'text', name: 'attribute', label: 'Fills', hint: 'Empty: the column of the same name.', optional: true },
    ],
  },
  {
    kind: 'columns',
    name: 'custom',
    label: 'Custom attributes',
    hint: 'They fill the columns of the same names.',
    optional: true,
  },
  {
    kind: 'choice',
    name: 'missing',
    label: 'A custom attribute that the data extension lacks',
    display: 'segments',
    choices: [
      { value: 'refuse', label: 'is refused', hint: 'The run fails before anything is sent, and names it.' },
      { value: 'create', label: 'is created', hint: 'As a column that may be empty, of the type of its values.' },
    ],
  },
  {
    kind: 'switch',
    name: 'emptyOverwrites',
    label: 'Empty values overwrite',
    hint: 'Otherwise a column whose value is empty here stays as it is there.',
  },
  {
    kind: 'choice',
    name: 'delivery',
    label: 'Delivery',
    display: 'segments',
    choices: [
      {
        value: 'requests',
        label: 'Requests',
        hint: 'Each row has its own answer. For some tens of thousands of rows.',
      },
      { value: 'file', label: 'File and import', hint: 'One file, which Marketing Cloud imports. For many rows.' },
    ],
  },
  {
    kind: 'connection',
    name: 'files',
    label: 'Files',
    capability: 'files',
    hint: 'The SFTP account, or the bucket, that the file location reads.',
    when: byFile,
  },
  {
    kind: 'template',
    name: 'folder',
    label: 'Folder',
    hint: 'Enhanced FTP imports only what lies in Import.',
    optional: true,
    when: byFile,
  },
  {
    kind: 'switch',
    name: 'draft',
    label: 'Write under another name first',
    hint: 'Switch it off where an automation begins with the upload: it does not see a file that is renamed.',
    when: byFile,
  },
  {
    kind: 'switch',
    name: 'start',
    label: 'Start the import',
    hint: 'And wait for its end. Off: the node ends when the file is there, and its rows count as delivered. A run that is repeated lays another file, so they are delivered at least once.',
    when: byFile,
  },
  {
    kind: 'template',
    name: 'location',
    label: 'File location',
    hint: 'As Marketing Cloud calls it.',
    when: { name: 'start', is: [true], and: byFile },
  },
];
