import { describe, expect, test } from 'vitest';
import { commandsFor } from './runCommands.ts';

describe('what may be asked of a run', () => {
  test.each([
    ['running', ['pause', 'stop', 'restart', 'kill']],
    ['queued', ['pause', 'stop', 'restart', 'kill']],
    ['waiting', ['wake', 'pause', 'stop', 'restart', 'kill']],
    ['waiting for approval', ['pause', 'stop', 'restart', 'kill']],
    ['paused', ['resume', 'stop', 'restart', 'kill']],
    ['failed', ['retry', 'restart']],
    ['stopped', ['retry', 'restart']],
    ['succeeded', ['restart']],
    ['succeeded with rejects', ['restart']],
    ['in doubt', ['retry', 'restart']],
  ] as const)('that is %s: %j', (state, commands) => {
    expect(commandsFor(state)).toEqual(commands);
  });
});
