import { describe, expect, it } from 'vitest';
import type { ExportCounts } from '../../contract/exports.ts';
import { countUnmarked, openOutcome } from './open.ts';

const counts = (sums: Partial<ExportCounts>): string =>
  JSON.stringify({ input: 100, refused: 5, actions: { create: 60, unchanged: 35 }, outcomes: {}, ...sums });
const mark = (of: 'rejected' | 'doubt', row: number) => ({ of, row });

describe('records of which something has to be said', () => {
  it('are those of a settled export that were rejected, not sent or left in doubt', () => {
    const row = {
      stage: 'settled',
      counts: counts({ outcomes: { created: 40, rejected: 30, unsent: 20, doubt: 10 } }),
    } as const;
    expect(countUnmarked(row, [])).toEqual({ rejected: 30, unsent: 20, doubt: 10 });
    expect(countUnmarked(row, [mark('rejected', 1), mark('rejected', 2), mark('doubt', 0)])).toEqual({
      rejected: 28,
      unsent: 20,
      doubt: 0,
    });
    expect(openOutcome('settled', 'create', 'created')).toBeNull();
    expect(openOutcome('settled', 'create', 'unsent')).toBe('unsent');
  });

  it('are, of an export that is not settled, all that were to be written and may have been', () => {
    const doubt = (outcomes: ExportCounts['outcomes']) =>
      countUnmarked({ stage: 'sending', counts: counts({ outcomes }) }, []).doubt;
    expect(doubt({})).toBe(60);
    // Whether or not what was refused or found unchanged is told by then.
    expect(doubt({ created: 10 })).toBe(50);
    expect(doubt({ created: 10, rejected: 5, unchanged: 35, doubt: 4 })).toBe(50);
    expect(doubt({ created: 10, rejected: 8, unchanged: 36 })).toBe(46);
    expect([openOutcome('sending', 'create', null), openOutcome('sending', 'unchanged', null)]).toEqual([
      'doubt',
      null,
    ]);
    expect([openOutcome('sending', null, null), openOutcome('sending', 'create', 'created')]).toEqual([null, null]);
  });

  it('are none before anything was sent', () => {
    for (const stage of ['planned', 'asking', 'refused'] as const) {
      expect(countUnmarked({ stage, counts: counts({}) }, [])).toEqual({ rejected: 0, unsent: 0, doubt: 0 });
      expect(openOutcome(stage, 'create', null)).toBeNull();
    }
  });
});
