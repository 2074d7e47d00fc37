import { expect, test } from 'vitest';
import { canBeCalledBack } from './connection.ts';
import { messageOf } from './VerifiedMark.tsx';

test('a page can be come back to by https, and without it by the name localhost only', () => {
  const origins = ['https://sync.example', 'http://localhost:4877', 'http://127.0.0.1:4877', 'http://sync.example'];
  expect(origins.map(canBeCalledBack)).toEqual([true, true, false, false]);
});

test('an instant in the message of a verification is shown as people read it', () => {
  const message = messageOf({ message: 'Spent. It has room again at 2025-11-23T12:50:00.000Z; or raise it.' });
  expect(message).toMatch(/^Spent\. It has room again at 23 Nov 2025 \d\d:50; or raise it\.$/);
});
