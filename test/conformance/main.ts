/**
 * `npm run conformance [-- KIND... [--contacts N]]`: starts a demo organisation of each kind and runs clients that others wrote,
 * as they come from the registry, against it; all kinds without a name. A line per call says what came back; each was compared
 * with what the organisation holds. Ends with `N passed, N failed`.
 */
import { parseArgs } from 'node:util';
import type { Count } from './line.ts';

type Say = (text: string) => void;

const kinds: Record<string, (say: Say, contacts: number) => Promise<Count>> = {
  salesforce: async (say, contacts) => (await import('./salesforce.ts')).runSalesforce(say, contacts),
  dataverse: async (say, contacts) => (await import('./dataverse.ts')).runDataverse(say, contacts),
  'marketing-cloud': async (say) => (await import('./marketingCloud.ts')).runMarketingCloud(say),
  files: async (say) => (await import('./files.ts')).runFiles(say),
};

const usage = `npm run conformance [-- ${Object.keys(kinds).join(' | ')} … [--contacts N]]`;
const say: Say = (text) => console.log(text);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { contacts: { type: 'string', default: '4500' } },
    allowPositionals: true,
  });
  const contacts = Number(values.contacts);
  const chosen = positionals.length > 0 ? positionals : Object.keys(kinds);
  if (chosen.some((name) => kinds[name] === undefined) || !Number.isInteger(contacts) || contacts < 4_100) {
    console.error(`${usage}\nN is at least 4100: fewer contacts do not fill three pages.`);
    return 2;
  }
  const total: Count = { passed: 0, failed: 0 };
  for (const name of chosen) {
    const { passed, failed } = await kinds[name]!(say, contacts);
    total.passed += passed;
    total.failed += failed;
  }
  say(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

process.exitCode = await main();
