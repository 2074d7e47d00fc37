import type { Org } from '../org.ts';

/** What the organisation is like now. */
export function describeState(org: Org): Record<string, unknown> {
  const objects = org.tables.map((table) => [
    table.name,
    { live: table.liveRows, rows: table.rows, generated: table.generatedRows, written: table.writtenRows },
  ]);
  return {
    seed: org.settings.seed,
    contacts: org.settings.contacts,
    clock: org.clock.describe(),
    organizationId: org.id,
    userId: org.userId,
    objects: Object.fromEntries(objects),
    sessions: org.sessions.size,
    cursors: org.cursors.size,
    transactions: org.transactions.size,
    usage: { used: org.usage.used, max: org.usage.max, total: org.usage.total },
    requests: org.requests.total,
    faults: org.faults.list(),
    memoryMb: Math.round(process.memoryUsage.rss() / 1024 / 1024),
    cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  };
}
