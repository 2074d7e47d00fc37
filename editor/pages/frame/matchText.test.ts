import { expect, test } from 'vitest';
import { matchText } from './matchText.ts';

test('every word counts, in any order, upper and lower case alike', () => {
  expect(matchText('sales CONTACT', 'Contacts from Salesforce', null)).toBe(true);
  expect(matchText('müller', 'Anna MÜLLER')).toBe(true);
  expect(matchText('contact lead', 'Contacts', 'accounts')).toBe(false);
});

test('words may be spread over the texts, and nothing asked for matches all', () => {
  expect(matchText('anna contacts', 'contacts', 'anna')).toBe(true);
  expect(matchText('  ', undefined)).toBe(true);
});
