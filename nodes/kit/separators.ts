import type { FormChoice } from '../../contract/form.ts';

/** For the setting whose values are `separatorNames` of kit/delimited.ts. */
export const separatorChoices: readonly FormChoice[] = [
  { value: 'comma', label: 'Comma' },
  { value: 'semicolon', label: 'Semicolon' },
  { value: 'tab', label: 'Tab' },
  { value: 'pipe', label: 'Vertical bar |' },
  { value: 'other', label: 'Another character' },
];
