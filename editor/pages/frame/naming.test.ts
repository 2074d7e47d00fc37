import { expect, test } from 'vitest';
import { internalNameSchema } from '../../../contract/workflow.ts';
import { freeName, proposeName } from './naming.ts';

const none = new Set<string>();

test.each([
  ['Contacts from Salesforce', 'contactsFromSalesforce'],
  ['Übersicht der Verträge', 'ubersichtDerVertrage'],
  ['2026 renewals', 'workflow2026Renewals'],
  ['東京', 'workflow'],
  ['"quoted" name', 'quotedName'],
])('the label "%s" proposes %s', (label, name) => {
  expect(proposeName(label, none, 'workflow')).toBe(name);
  expect(internalNameSchema.safeParse(name).success).toBe(true);
});

test('nothing is proposed before there is a label', () => {
  expect(proposeName('  ', none, 'workflow')).toBe('');
});

test('a name that is taken gets the next free number, and never grows too long', () => {
  const taken = new Set(['contacts', 'contacts2', 'x'.repeat(64)]);
  expect(proposeName('Contacts', taken, 'workflow')).toBe('contacts3');
  expect(freeName('contacts', taken)).toBe('contacts3');
  expect(freeName('lead_scoring', taken)).toBe('lead_scoring');
  expect(internalNameSchema.safeParse(freeName('x'.repeat(64), taken)).success).toBe(true);
});
