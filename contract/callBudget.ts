/** What a connection may spend: calls that the outside system counts, in any 24 hours. One form and one check for every CRM. */
import { z } from 'zod';
import type { FormField } from './form.ts';

export const callBudgetSettings = {
  /** Calls of ours in any 24 hours; 0: they are only counted. */
  callBudget: z.number('must be a number').int('must be a whole number').min(0).max(100_000_000),
  /** What a run does when the budget is spent. */
  whenSpent: z.enum(['wait', 'stop']),
};

export const callBudgetDefaults = { callBudget: 0, whenSpent: 'wait' as const };

export const callBudgetFields: FormField[] = [
  {
    kind: 'number',
    name: 'callBudget',
    label: 'API budget',
    min: 0,
    unit: 'calls in 24 hours',
    hint: "What all runs together may use of the organisation's daily calls. With 0 they are counted, not limited.",
  },
  {
    kind: 'choice',
    name: 'whenSpent',
    label: 'When the budget is spent',
    display: 'segments',
    choices: [
      {
        value: 'wait',
        label: 'Wait',
        hint: 'A run waits until enough calls are more than 24 hours old, then goes on.',
      },
      { value: 'stop', label: 'Stop', hint: 'A run that would pass the budget fails; nothing more is sent.' },
    ],
  },
];

/** Calls that an outside system counts: `used` of the `allowed`, by its own count. */
export interface CallUsage {
  used: number;
  allowed: number;
}

export interface CallBudget {
  /**
   * Asked ahead of every request that the outside system counts, repetitions included. It may wait.
   * Rejects with UserError or RetryLater when the budget has no call left: the request is not sent.
   */
  before(): Promise<void>;
  /** Told once behind every `before` that resolved: what the answer said; null when it said nothing, or there was none. */
  after(usage: CallUsage | null): void;
}
