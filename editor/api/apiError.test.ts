import { describe, expect, test } from 'vitest';
import { ApiError, asErrorReply, describeFailure, replyError, unreachable } from './apiError.ts';
import { endpointUrl } from './call.ts';

describe('failures of calls', () => {
  test('speak with the words of the server when it sent them', () => {
    const error = replyError(409, {
      code: 'CONFLICT',
      message: 'It was changed.',
      action: 'Load it.',
      details: { what: 'it' },
    });
    expect(error).toMatchObject({ code: 'CONFLICT', status: 409, action: 'Load it.' });
    expect(describeFailure(error)).toEqual({ message: 'It was changed.', action: 'Load it.' });
    expect(asErrorReply(error)).toEqual({
      code: 'CONFLICT',
      message: 'It was changed.',
      action: 'Load it.',
      details: { what: 'it' },
    });
  });

  test.each([[null], ['<html>Bad gateway</html>'], [{ error: 'x' }]])(
    'have a sentence and an action when the answer was %j',
    (body) => {
      const error = replyError(502, body);
      expect(error).toBeInstanceOf(ApiError);
      expect(error.message).toContain('502');
      expect(error.action).not.toBe('');
    },
  );

  test('say so when there was no answer at all', () => {
    expect(unreachable()).toMatchObject({ code: 'UNREACHABLE', status: 0 });
  });
});

describe('addresses of endpoints', () => {
  test('have their parameters and their query encoded; what is undefined is left out', () => {
    const params = { workflow: 'a b/c' };
    expect(endpointUrl('getWorkflow', { params })).toBe('/api/workflows/a%20b%2Fc');
    const query = { workflow: 'x&y', state: undefined, limit: 5 };
    expect(endpointUrl('listRuns', { query })).toBe('/api/runs?workflow=x%26y&limit=5');
  });
});
