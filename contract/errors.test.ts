import { describe, expect, test } from 'vitest';
import { describeError, errorTable, makeIssue, RetryLater, toErrorReply, UserError } from './errors.ts';

describe('errors', () => {
  test('every entry is a plain sentence and an action that ends with a full stop', () => {
    for (const [code, entry] of Object.entries(errorTable)) {
      expect(code).toMatch(/^[A-Z][A-Z_]+$/);
      expect(entry.message, code).toMatch(/^[A-Z{].*[.]$/);
      expect(entry.action, code).toMatch(/^[A-Z].*[.]$/);
    }
  });

  test('details fill the sentence; a detail that is missing leaves no brace behind', () => {
    expect(describeError('NAME_TAKEN', { name: 'contacts' }).message).toBe('The name "contacts" is already in use.');
    expect(describeError('NAME_TAKEN').message).not.toContain('{');
    const reason = 'The service is down.';
    expect(describeError('REMOTE_REFUSED', { code: 'X', reason }).message).toMatch(/X The service is down\.$/);
  });

  test('a thrown value becomes a reply with its code, and anything unknown is a bug with an id', () => {
    expect(toErrorReply(new UserError('NOT_PUBLISHED'))).toMatchObject({
      code: 'NOT_PUBLISHED',
      action: 'Publish it first.',
    });
    expect(toErrorReply(new RetryLater('REMOTE_BUSY', { status: 503, reason: 'maintenance' })).message).toContain(
      '503',
    );
    expect(toErrorReply(new TypeError('x is undefined'), 'log-7')).toMatchObject({
      code: 'BUG',
      action: expect.stringContaining('log-7'),
    });
    expect(
      toErrorReply(new UserError('WORKFLOW_INVALID', { reason: 'x' }, { issues: [makeIssue('NOTHING_STARTS', {})] }))
        .issues,
    ).toHaveLength(1);
  });
});
