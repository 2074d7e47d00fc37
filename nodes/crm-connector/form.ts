/** The settings as a form: it tells the engine which of them are templates, and draws those that need no panel of their own. */
import type { FormField } from '../../contract/form.ts';
import { periodLabels } from './period.ts';

const imports: FormField['when'] = { name: 'operation', is: ['import'] };
const ofPopulation: FormField['when'] = { name: 'source', is: ['population'] };
/** As the form calls the switch. */
export const goneLabel = 'Deleted records, too';
export const goneHint =
  'The ids of records that were deleted since the last import leave by Gone. Change tracking tells them: an import by a date is refused.';
const incremental: FormField['when'] = { name: 'index.enabled', is: [true] };
const between: FormField['when'] = { name: 'deleted.period', is: ['between'] };
const writes: FormField['when'] = { name: 'operation', is: ['export', 'delete'] };
const exports: FormField['when'] = { name: 'operation', is: ['export'] };
const sinceLast: FormField['when'] = { name: 'deleted.period', is: ['sinceLast'] };

export const form: FormField[] = [
  {
    kind: 'choice',
    name: 'operation',
    label: 'Operation',
    display: 'segments',
    choices: [
      { value: 'import', label: 'Import' },
      { value: 'export', label: 'Export', hint: 'Creates and updates records in the CRM from the rows that arrive.' },
      { value: 'deleted', label: 'Import deleted', hint: 'Ids of records that were deleted in the CRM, and when.' },
      { value: 'delete', label: 'Delete', hint: 'Deletes the records in the CRM whose ids arrive.' },
    ],
  },
  { kind: 'connection', name: 'connection', label: 'Connection', capability: 'crm' },
  { kind: 'text', name: 'object', label: 'Remote object' },
  {
    kind: 'choice',
    name: 'source',
    label: 'Records',
    display: 'segments',
    when: imports,
    choices: [
      { value: 'filter', label: 'by a filter' },
      {
        value: 'population',
        label: 'that arrive',
        hint: 'The population calculated upstream: one of its columns holds the id of the record in the CRM.',
      },
    ],
  },
  {
    kind: 'column',
    name: 'population.column',
    label: 'Column with the remote id',
    hint: 'Record ids. What is no id, or matches no record, leaves by Reject.',
    when: ofPopulation,
  },
  {
    kind: 'columns',
    name: 'population.keep',
    label: 'Inbound columns to keep',
    when: ofPopulation,
  },
  {
    kind: 'choice',
    name: 'deleted.period',
    label: 'Deleted',
    display: 'segments',
    choices: [
      { value: 'between', label: 'between two dates' },
      { value: 'sinceLast', label: 'since the last import' },
    ],
  },
  {
    kind: 'template',
    name: 'deleted.from',
    label: periodLabels.from,
    hint: 'Included. A day, such as 2026-06-30, or a date and time. At most 30 days back; the CRM may keep fewer and says which when it is asked.',
    placeholder: '2026-06-01',
    when: between,
  },
  {
    kind: 'template',
    name: 'deleted.to',
    label: periodLabels.to,
    hint: 'Included: a day without a time counts to its end, in the time zone of the workflow.',
    placeholder: '2026-06-30',
    when: between,
  },
  { kind: 'template', name: 'deleted.optionName', label: 'Option name', when: sinceLast },
  {
    kind: 'list',
    name: 'fields',
    label: 'Remote fields',
    addLabel: 'Add field',
    initial: { name: '', label: '', type: 'text', conversion: 'default' },
    item: [{ kind: 'text', name: 'name', label: 'Field' }],
  },
  {
    kind: 'switch',
    name: 'everything',
    label: 'Query for all elements',
    hint: 'Also reads deleted, archived and merged records.',
  },
  {
    kind: 'switch',
    name: 'index.enabled',
    label: 'Automatic index',
    hint: 'Reads only what changed since the last import.',
  },
  { kind: 'template', name: 'index.optionName', label: 'Option name', when: incremental },
  { kind: 'text', name: 'index.indexField', label: 'Index field', optional: true, when: incremental },
  {
    kind: 'choice',
    name: 'index.advance',
    label: 'Advance',
    display: 'segments',
    when: incremental,
    choices: [
      {
        value: 'whenRunSucceeded',
        label: 'when the run has succeeded',
        hint: 'A failed run reads the same records again.',
      },
      {
        value: 'inCode',
        label: 'in JavaScript code',
        hint: 'A script sets the option: setOption(vars.crmOptionName, vars.crmEndDate).',
      },
    ],
  },
  { kind: 'number', name: 'index.lookBack', label: 'Look-back', unit: 'min', min: 0, max: 1_440, when: incremental },
  { kind: 'number', name: 'index.lag', label: 'Lag', unit: 's', min: 0, max: 3_600, when: incremental },
  {
    kind: 'switch',
    name: 'index.gone',
    label: goneLabel,
    hint: goneHint,
    when: incremental,
  },
  {
    kind: 'choice',
    name: 'export.mode',
    label: 'Export as',
    display: 'segments',
    when: exports,
    choices: [
      { value: 'automatic', label: 'Automatic' },
      { value: 'insert', label: 'Insert' },
      { value: 'update', label: 'Update' },
      { value: 'upsert', label: 'Upsert' },
    ],
  },
  { kind: 'text', name: 'export.key', label: 'Key', optional: true, when: exports },
  { kind: 'text', name: 'export.newer', label: 'Only newer', optional: true, when: exports },
  { kind: 'text', name: 'export.moved.object', label: 'Records become', optional: true, when: exports },
  {
    kind: 'switch',
    name: 'export.moved.follow',
    label: 'Follow records that were converted',
    hint: 'A converted record cannot be changed any more. Rows that mean one leave by Moved, with the id of the record that has taken its place in movedTo: a second CRM Connector, with the record id as key, writes that one. Otherwise they leave by Reject, with the id in movedTo, too.',
    when: exports,
  },
  {
    kind: 'switch',
    name: 'export.onlyChanged.enabled',
    label: 'Only what changed',
    hint: 'Leaves out rows that were sent as they are, without asking the CRM: they leave by Success as unchanged. What had no success comes again. A change made in the CRM is not noticed.',
    when: exports,
  },
  {
    kind: 'column',
    name: 'export.onlyChanged.column',
    label: 'Column that tells rows apart',
    hint: 'There is no key to do it. Rows without a value in it, and rows that share one, leave by Reject. Where runs of the workflow may go in parallel, two at once can both insert a row.',
    when: { name: 'export.onlyChanged.enabled', is: [true], and: { name: 'export.key', is: [''] } },
  },
  {
    kind: 'switch',
    name: 'export.onlyChanged.again',
    label: 'Insert what has changed once more',
    hint: 'Each change of a row makes a further new record; those made before stay as they are. Otherwise a row is inserted once, however it changes.',
    when: {
      name: 'export.onlyChanged.enabled',
      is: [true],
      and: { name: 'export.mode', is: ['insert', 'automatic'], and: { name: 'export.key', is: [''] } },
    },
  },
  {
    kind: 'switch',
    name: 'export.planOnly',
    label: 'Run as plan',
    hint: 'Stops before anything is written: what would be created, changed and rejected leaves by Plan and Reject.',
    when: writes,
  },
  {
    kind: 'switch',
    name: 'export.approval.always',
    label: 'Ask before writing',
    hint: 'The run waits until a person has approved the plan, which can be looked at by Plan.',
    when: writes,
  },
  {
    kind: 'number',
    name: 'export.approval.deletes',
    label: 'Ask when more are deleted than',
    hint: 'Left empty, any number is deleted without a question.',
    placeholder: 'never asks',
    min: 0,
    optional: true,
    when: { name: 'operation', is: ['delete'] },
  },
  {
    kind: 'number',
    name: 'export.approval.updates',
    label: 'Ask when more are changed than',
    placeholder: 'never asks',
    min: 0,
    optional: true,
    when: exports,
  },
  {
    kind: 'number',
    name: 'export.approval.share',
    label: 'Ask when a larger share changes than',
    hint: 'Of the rows that arrive.',
    unit: '%',
    placeholder: 'never asks',
    min: 0,
    max: 100,
    optional: true,
    when: exports,
  },
  {
    kind: 'choice',
    name: 'export.batches',
    label: 'Export in batches',
    display: 'segments',
    when: writes,
    choices: [
      { value: 'auto', label: 'when it pays', hint: 'Many rows go as a bulk job of the CRM, few as requests.' },
      { value: 'always', label: 'always', hint: 'A bulk job of the CRM takes all rows: fewest calls, more patience.' },
      { value: 'never', label: 'never', hint: 'Requests of up to 200 rows, except where only a job can be resumed.' },
    ],
  },
  {
    kind: 'template',
    name: 'export.assignmentRule',
    label: 'Assignment rule',
    hint: 'The id of a rule of the CRM that gives leads or cases their owner. Left empty, none is asked for.',
    optional: true,
    when: exports,
  },
  {
    kind: 'switch',
    name: 'export.processErrors',
    label: 'Process errors',
    hint: 'Rows that have no final result yet leave by Error, to be sent again after a while.',
    when: writes,
  },
  { kind: 'switch', name: 'rejectFile.enabled', label: 'Keep the rejections in a file' },
  {
    kind: 'template',
    name: 'rejectFile.name',
    label: 'Rejection file',
    when: { name: 'rejectFile.enabled', is: [true] },
  },
];
