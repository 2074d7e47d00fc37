import { expect, test } from 'vitest';
import { canBeCalledBack } from './connection.ts';
import { messageOf } from './VerifiedMark.tsx';

test('a page can be come back to by https, and without it by the name localhost only', () => {
  const origins = ['https://sync.example', 'http://localhost:4877', 'http://127.0.0.1:4877', 'http://sync.example'];
  expect(origins.map(canBeCalledBack)).toEqual([true, true, false, false]);
});

test('an instant in the message of a verification is shown as people read it', () => {
  const instant = '2025-11-23T12:50:00.000Z';
  const message = messageOf({ message: `Spent. It has room again at ${instant}; or raise it.` });
  // In the time zone of who reads it, where it may be the next day.
  const day = new Date(instant).getDate();
  expect(message).toMatch(new RegExp(`^Spent\\. It has room again at ${day} Nov 2025 \\d\\d:\\d\\d; or raise it\\.$`));
});
