import { ACCOUNTS } from '../accounts.ts';
import type { Org } from '../org.ts';

/** What the organisation is like now. */
export function describeState(org: Org): Record<string, unknown> {
  return {
    seed: org.settings.seed,
    clock: org.clock.describe(),
    accounts: ACCOUNTS,
    extensions: org.extensions.map(({ accountId, key, name, size, fields }) => ({
      accountId,
      key,
      name,
      rows: size,
      fields: fields.length,
    })),
    tokens: { open: org.sessions.size, issued: org.sessions.total },
    work: org.work.size,
    imports: ACCOUNTS.flatMap(({ id }) => org.imports.of(id)),
    requests: org.requests.total,
    faults: org.faults.list(),
    memoryMb: Math.round(process.memoryUsage.rss() / 1024 / 1024),
  };
}
