import { expect, it } from 'vitest';
import { retryDelay, waitDelay } from './retry.ts';

const policy = { attempts: 4, delay: 2_000, maxDelay: 5_000 };
const still = { after: undefined, random: 0 };

it('the pause before a retry doubles up to its limit, and ends with the attempts', () => {
  expect([0, 1, 2, 3].map((failures) => retryDelay(policy, failures, still))).toEqual([2_000, 4_000, 5_000, null]);
});

it('the outside may ask for a longer pause than the limit, never for a shorter one than the policy', () => {
  expect(retryDelay(policy, 0, { ...still, after: 600_000 })).toBe(600_000);
  expect(retryDelay(policy, 1, { ...still, after: 1 })).toBe(4_000);
});

it('what was refused together does not come back together: the pause is longer by a share at random', () => {
  const pauses = [0, 0.5, 1].map((random) => retryDelay(policy, 0, { after: undefined, random }));
  expect(pauses).toEqual([2_000, 2_200, 2_400]);
  const wide = { ...policy, jitter: 1 };
  expect(retryDelay(wide, 2, { after: undefined, random: 0.5 })).toBe(7_500);
  expect(retryDelay({ ...policy, jitter: 0 }, 0, { after: undefined, random: 1 })).toBe(2_000);
});

it('a wait that is no failure is as long as was asked, and at most a minute longer', () => {
  expect(waitDelay({ after: 86_400_000, random: 1 })).toBe(86_460_000);
  expect(waitDelay({ after: 10_000, random: 0.5 })).toBe(11_000);
  expect(waitDelay({ after: undefined, random: 0 })).toBe(1_000);
});
