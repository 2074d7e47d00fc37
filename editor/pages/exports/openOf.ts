import type { ExportSummary } from '../../../contract/exports.ts';

/** What waits for somebody. While its run goes on, a record of which nothing is known yet is under way, not in doubt. */
export function openOf({ stage, expiresAt, openDoubt, openRejects }: ExportSummary): {
  doubt: number;
  rejects: number;
} {
  const underWay = stage === 'sending' && expiresAt === null;
  return { doubt: underWay ? 0 : openDoubt, rejects: openRejects };
}
