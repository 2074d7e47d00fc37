import { expect, test } from 'vitest';
import { describeError, type ErrorCode } from '../../../contract/errors.ts';
import { readFaults, refusal } from './refusals.ts';

test.each([
  [
    'REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --',
    [['REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName']]],
  ],
  [
    'INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--',
    [['INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []]],
  ],
  [
    'STRING_TOO_LONG:Name: data value too large: a:b -- c (max length=3):Name --DUPLICATE_VALUE:duplicate value found: X__c:X__c, Y__c --\n',
    [
      ['STRING_TOO_LONG', 'Name: data value too large: a:b -- c (max length=3)', ['Name']],
      ['DUPLICATE_VALUE', 'duplicate value found: X__c', ['X__c', 'Y__c']],
    ],
  ],
  ['LIMIT_EXCEEDED:something else', [['LIMIT_EXCEEDED', 'LIMIT_EXCEEDED:something else', []]]],
  ['nothing that is known', [['UNKNOWN', 'nothing that is known', []]]],
])('the reasons in "%s" are told apart', (text, expected) => {
  expect(readFaults(text).map(({ statusCode, message, fields = [] }) => [statusCode, message, fields])).toEqual(
    expected,
  );
});

const families: [string, string, ErrorCode, boolean][] = [
  ['REQUIRED_FIELD_MISSING', 'Required fields are missing: [Name]', 'REQUIRED_MISSING', false],
  ['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'bad value', 'VALUE_REFUSED', false],
  ['INVALID_FIELD_FOR_INSERT_UPDATE', 'Unable to create/update fields: CreatedDate', 'FIELD_NOT_WRITABLE', false],
  ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Close date lies in the past', 'RULE_REFUSED', false],
  ['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'Trigger: System.NullPointerException', 'RULE_REFUSED', false],
  ['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'Trigger: UNABLE_TO_LOCK_ROW, unable to obtain', 'RECORD_BUSY', true],
  ['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'Trigger: Apex CPU time limit exceeded', 'RECORD_BUSY', true],
  ['UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access', 'RECORD_BUSY', true],
  ['DUPLICATE_VALUE', 'duplicate value found: X__c', 'VALUE_TAKEN', false],
  ['DUPLICATE_VALUE', 'Duplicate external id specified: 1', 'DUPLICATE_KEY', false],
  ['DUPLICATES_DETECTED', 'Use one of these records?', 'LOOKS_DUPLICATE', false],
  ['DUPLICATE_EXTERNAL_ID', 'more than one record found for external id field', 'AMBIGUOUS_MATCH', false],
  ['INVALID_FIELD', 'Foreign key external ID: 1 is not unique for field X__c', 'AMBIGUOUS_MATCH', false],
  ['INVALID_FIELD', 'Foreign key external ID: 1 not found for field X__c', 'REFERENCE_UNKNOWN', false],
  ['INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', 'REFERENCE_UNKNOWN', false],
  ['ENTITY_IS_DELETED', 'entity is deleted', 'NO_MATCH', false],
  ['INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights', 'RECORD_NOT_ALLOWED', false],
  ['DELETE_FAILED', 'Your attempt to delete could not be completed', 'RECORD_IN_USE', false],
  ['UNDELETE_FAILED', 'Entity is not in the recycle bin', 'NOT_RESTORABLE', false],
  ['STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded', 'REMOTE_FULL', false],
  ['SOMETHING_NEW', 'of a later release', 'REMOTE_REFUSED', false],
];

test.each(families)('%s (%s) belongs to %s', (statusCode, message, code, passing) => {
  const refused = refusal([{ statusCode, message, fields: ['A'] }], 'update');
  expect(refused).toEqual({ outcome: 'refused', code, symbol: statusCode, message, fields: ['A'], passing });
  const { message: meaning, action } = describeError(code, { fields: 'A' });
  expect([meaning, action]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)]);
});

test('a record that is refused for a lock and for something else is not sent again as it is', () => {
  const lock = { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'locked' };
  const wrong = { statusCode: 'STRING_TOO_LONG', message: 'too long', fields: ['Name'] };
  expect(refusal([lock, wrong], 'insert')).toMatchObject({
    passing: false,
    code: 'VALUE_REFUSED',
    symbol: 'STRING_TOO_LONG',
    message: 'locked too long',
    fields: ['Name'],
  });
});

test('what a delete does not find has no match', () => {
  const gone = { statusCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id' };
  expect(refusal([gone], 'delete').code).toBe('NO_MATCH');
});
