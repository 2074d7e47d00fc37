import { expect, it } from 'vitest';
import { retryDelay } from './retry.ts';

const policy = { attempts: 4, delay: 2_000, maxDelay: 5_000 };

it('the pause before a retry doubles up to its limit, and ends with the attempts', () => {
  expect([0, 1, 2, 3].map((failures) => retryDelay(policy, failures))).toEqual([2_000, 4_000, 5_000, null]);
});

it('the outside may ask for a longer pause than the limit, never for a shorter one than the policy', () => {
  expect(retryDelay(policy, 0, 600_000)).toBe(600_000);
  expect(retryDelay(policy, 1, 1)).toBe(4_000);
});
