import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RefusedTogether } from '../../../contract/write.ts';
import { sendInHalves } from './applyHalves.ts';

/** A CRM that writes all rows of a request or none, and says which are wrong only of rows that go apart. */
async function played(count: number, wrong: ReadonlySet<number>, { isApart = false, isOfRecord = true } = {}) {
  const rows = Array.from({ length: count }, (_, index) => index);
  const settled: number[] = [];
  const parts: { size: number; isApart: boolean }[] = [];
  const sent = await sendInHalves(rows, isApart, async (part) => {
    parts.push({ size: part.rows.length, isApart: part.isApart });
    const refusals = part.rows.filter((row) => wrong.has(row)).length;
    if (!part.isApart && refusals > 0) return new RefusedTogether('One of them', isOfRecord);
    settled.push(...part.rows);
    return { refusals, asWhole: false };
  });
  return { rows, settled, parts, sent };
}

it('sends each row once, in their order, with at most 25 requests, whichever rows are wrong', async () => {
  const drawn = fc.integer({ min: 1, max: 200 }).chain((count) =>
    fc.record({
      count: fc.constant(count),
      wrong: fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { maxLength: count }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(drawn, async ({ count, wrong }) => {
      const { rows, settled, parts, sent } = await played(count, new Set(wrong));
      expect(settled).toEqual(rows);
      expect(sent).toEqual({ refusals: wrong.length, asWhole: false });
      expect(parts.length).toBeLessThanOrEqual(25);
    }),
  );
});

it('finds one wrong row of 200 by halves, and tells no more than ten by themselves for it', async () => {
  const { parts } = await played(200, new Set([77]));
  const sizes = parts.map(({ size, isApart }) => (isApart ? -size : size));
  expect(sizes).toEqual([200, 100, 50, 50, 25, 25, 13, -7, -6, 12, 100]);
});

it('goes apart at once where that is asked for, and where no half would fare better', async () => {
  expect((await played(200, new Set([1]), { isApart: true })).parts).toEqual([{ size: 200, isApart: true }]);
  expect((await played(200, new Set([1]), { isOfRecord: false })).parts).toEqual([
    { size: 200, isApart: false },
    { size: 200, isApart: true },
  ]);
});

it('gives a wait back at once, and what is refused though it went apart is no end of it', async () => {
  const wait = { waitUntil: '2026-07-01T12:00:00.000Z', reason: 'lost' };
  let sent = 0;
  const lost = sendInHalves([1, 2, 3], false, async () => {
    sent += 1;
    return wait;
  });
  expect([await lost, sent]).toEqual([wait, 1]);
  await expect(sendInHalves([1, 2], true, async () => new RefusedTogether('no', true))).rejects.toThrow('no');
});
