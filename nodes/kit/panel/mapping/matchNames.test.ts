import { describe, expect, it } from 'vitest';
import { matchNames } from './matchNames.ts';

const named = (...texts: (string | [name: string, label: string])[]) =>
  texts.map((text) => (typeof text === 'string' ? { name: text, label: text } : { name: text[0], label: text[1] }));
const pairs = (columns: ReturnType<typeof named>, fields: ReturnType<typeof named>) =>
  matchNames(columns, fields).matched.map(({ column, field }) => `${column} → ${field}`);

describe('matching the names of columns and fields', () => {
  it('overlooks case, spaces, "_", "-" and the ending of custom fields', () => {
    expect(
      pairs(
        named('e_mail', 'LAST NAME', 'annual-value', 'Größe'),
        named('EMail', 'LastName', 'Annual_Value__c', 'größe__c'),
      ),
    ).toEqual(['e_mail → EMail', 'LAST NAME → LastName', 'annual-value → Annual_Value__c', 'Größe → größe__c']);
  });

  it('takes labels for names, on either side', () => {
    expect(pairs(named('home phone'), named(['Phone2__c', 'Home Phone']))).toEqual(['home phone → Phone2__c']);
    expect(pairs(named(['c7', 'Mailing City']), named('MailingCity'))).toEqual(['c7 → MailingCity']);
  });

  it('prefers the very name to one that only reads alike, and a name to a label', () => {
    expect(pairs(named('email', 'Email'), named('Email', 'E_Mail__c'))).toEqual(['Email → Email', 'email → E_Mail__c']);
    expect(pairs(named('Name'), named(['Name', 'Account Name'], ['Short__c', 'Name']))).toEqual(['Name → Name']);
  });

  it('leaves to a person what could mean several, and names it', () => {
    expect(matchNames(named('e mail', 'e_mail'), named('Email'))).toEqual({
      matched: [],
      ambiguous: ['e mail', 'e_mail'],
    });
    expect(matchNames(named('status'), named(['A__c', 'Status'], ['B__c', 'Status'])).ambiguous).toEqual(['status']);
  });

  it('does not call a column doubtful whose only field is taken by another one', () => {
    expect(matchNames(named('Email', 'e-mail'), named('Email'))).toEqual({
      matched: [{ column: 'Email', field: 'Email' }],
      ambiguous: [],
    });
  });

  it('never matches names of which nothing is left', () => {
    expect(matchNames(named('_', ' '), named('__c', '-'))).toEqual({ matched: [], ambiguous: [] });
  });
});
