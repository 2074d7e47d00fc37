import { describe, expect, it } from 'vitest';
import { defaults } from '../config.ts';
import { optionNameNow, otherCursors } from './cursorNames.ts';

const template = defaults.index.optionName;
const value = '2026/07/01 12:00:00';
const here = {
  template,
  internalName: 'contacts',
  activityName: 'people',
  nodeNames: new Set(['start', 'people', 'write']),
  workflows: ['contacts', 'contacts_copy', 'leads'],
};
const found = (...names: string[]) =>
  otherCursors(
    names.map((name) => ({ name, value })),
    here,
  ).map(({ name, why }) => [name, why]);

describe('the date that a node could go on from', () => {
  it('is the one of a node of this workflow that is not there any more: it was renamed', () => {
    expect(found('LASTIMPORT_contacts_persons')).toEqual([['LASTIMPORT_contacts_persons', 'renamed']]);
  });

  it('is the one of a node of the same name in another workflow: this one is a copy', () => {
    expect(found('LASTIMPORT_leads_people')).toEqual([['LASTIMPORT_leads_people', 'copied']]);
  });

  it('is never the one of another node of this workflow, nor of something else', () => {
    expect(found('LASTIMPORT_contacts_write', 'LASTIMPORT_leads_start', 'greeting')).toEqual([]);
  });

  it('belongs to the workflow with the longest name that fits, so that nobody takes away a date in use', () => {
    expect(found('LASTIMPORT_contacts_copy_people')).toEqual([['LASTIMPORT_contacts_copy_people', 'copied']]);
    expect(found('LASTIMPORT_contacts_copy_persons')).toEqual([]);
  });

  it('cannot be told where the name does not say whose it is', () => {
    const options = [{ name: 'LASTIMPORT_persons', value }];
    expect(otherCursors(options, { ...here, template: 'LASTIMPORT_<%=activityName%>' })).toEqual([]);
  });
});

describe('the name of the option', () => {
  it('is known while drawing as long as it holds names only', () => {
    expect(optionNameNow(template, 'contacts', 'people')).toBe('LASTIMPORT_contacts_people');
    expect(optionNameNow('X_<%= vars.country %>', 'contacts', 'people')).toBeNull();
  });
});
