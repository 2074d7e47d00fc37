import type { FormField, ShownWhen } from '../../contract/form.ts';
import { columnTypes } from '../../contract/types.ts';
import { unitChoices } from '../kit/durations.ts';

const typeChoices = columnTypes.map((type) => ({ value: type, label: type }));
const whereHint = 'For example order.lines.0.price. Empty: under its name.';
const batched: ShownWhen = { name: 'starts', is: ['batch'] };

export const form: FormField[] = [
  {
    kind: 'text',
    name: 'path',
    label: 'Path',
    placeholder: 'orders',
    hint: 'Calls come by POST to /hooks/‹path›, once the workflow is published. Who knows it needs the secret, too.',
  },
  {
    kind: 'connection',
    name: 'connection',
    label: 'Secret',
    capability: 'hook',
    hint: 'A connection of the kind Incoming webhook. Its page says how calls are signed.',
  },
  {
    kind: 'choice',
    name: 'starts',
    label: 'Start a run',
    display: 'segments',
    choices: [
      {
        value: 'call',
        label: 'For each call',
        hint: 'Where the workflow lets its runs go side by side, a later call may overtake an earlier one. Batches never do.',
      },
      {
        value: 'batch',
        label: 'For a batch',
        hint: 'One run takes all calls that wait, in the order in which they came. While it goes on, others wait.',
      },
    ],
  },
  {
    kind: 'number',
    name: 'batchEvents',
    label: 'When so many events wait',
    min: 1,
    max: 10_000,
    hint: 'A run takes more if more wait: up to 10,000 events or 8 MB.',
    when: batched,
  },
  { kind: 'number', name: 'batchAmount', label: 'Or when the oldest has waited', min: 1, max: 10_000, when: batched },
  { kind: 'choice', name: 'batchUnit', label: 'Unit', display: 'select', choices: unitChoices, when: batched },
  {
    kind: 'list',
    name: 'parameters',
    label: 'Parameters',
    hint: 'Values of what was sent that become variables. A call that lacks a required one is refused.',
    addLabel: 'Add a parameter',
    initial: { name: '', type: 'text', required: false, default: '', from: '' },
    when: { name: 'starts', is: ['call'] },
    item: [
      { kind: 'text', name: 'name', label: 'Name', placeholder: 'orderCount' },
      { kind: 'choice', name: 'type', label: 'Type', display: 'select', choices: typeChoices },
      { kind: 'text', name: 'from', label: 'Where it stands', hint: whereHint, optional: true },
      { kind: 'switch', name: 'required', label: 'Required', hint: 'A call without it is refused.' },
      {
        kind: 'text',
        name: 'default',
        label: 'If it is left out',
        when: { name: 'required', is: [false] },
        optional: true,
      },
    ],
  },
  {
    kind: 'list',
    name: 'columns',
    label: 'Columns of the records',
    hint: 'None: nothing but variables. A record that does not fit leaves by Reject.',
    addLabel: 'Add a column',
    initial: { name: '', type: 'text', value: 'field', from: '' },
    item: [
      { kind: 'text', name: 'name', label: 'Name', placeholder: 'Email' },
      { kind: 'choice', name: 'type', label: 'Type', display: 'select', choices: typeChoices },
      {
        kind: 'choice',
        name: 'value',
        label: 'Value',
        display: 'select',
        choices: [
          { value: 'field', label: 'A field of the record' },
          { value: 'received', label: 'When it was received' },
          { value: 'position', label: 'Its place in the order of the run' },
          { value: 'event', label: 'The whole record' },
        ],
      },
      {
        kind: 'text',
        name: 'from',
        label: 'Where it stands in a record',
        hint: whereHint,
        when: { name: 'value', is: ['field'] },
        optional: true,
      },
    ],
  },
  {
    kind: 'text',
    name: 'records',
    label: 'Where the records stand',
    placeholder: 'order.lines',
    hint: 'Empty: what is sent is the record itself, or the list of them.',
    optional: true,
  },
  {
    kind: 'text',
    name: 'eventId',
    label: 'Where its id stands in a record',
    placeholder: 'id',
    hint: 'The same event that comes again within 30 days is left out, unless it was rejected or its run failed. Another event under its id is a newer version of it, and is taken. Empty: everything is taken.',
    optional: true,
  },
  {
    kind: 'text',
    name: 'eventType',
    label: 'Where its type stands in a record',
    placeholder: 'type',
    hint: 'Only the types listed below are taken, and only if they fit their schema; all others leave by Reject.',
    optional: true,
  },
  {
    kind: 'list',
    name: 'events',
    label: 'Types that are taken',
    addLabel: 'Add a type',
    initial: { type: '', schema: '{}' },
    item: [
      { kind: 'text', name: 'type', label: 'Type', placeholder: 'consent.updated' },
      {
        kind: 'text',
        name: 'schema',
        label: 'JSON schema',
        hint: 'What an event of this type must be like; {} takes everything.',
        lines: 8,
      },
    ],
  },
  {
    kind: 'number',
    name: 'lateAfter',
    label: 'Alarm when an event waits longer than',
    min: 0,
    max: 10_080,
    unit: 'minutes',
    hint: 'Counted from its call to the end of the run that took it. 0: no alarm.',
  },
];
