import { parseArgs } from 'node:util';
import { startMarketingCloud } from './index.ts';
import type { MarketingCloudOptions } from './options.ts';

const USAGE = `usage: node demo/marketing-cloud/main.ts [--port N] [--host ADDRESS] [--demo-seed N] [--demo-subscribers N]
       [--clock INSTANT] [--ftp-folder FOLDER] [--work-ms N] [--duplicates-are-errors] [--exit-with-parent]
`;

const { options, exitWithParent } = readArguments();
const cloud = await start();
process.stdout.write(`${JSON.stringify(announce())}\n`);
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (exitWithParent) {
  process.stdin.resume();
  process.stdin.once('close', stop);
  process.stdin.once('end', stop);
}

function readArguments(): { options: MarketingCloudOptions; exitWithParent: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'demo-seed': { type: 'string' },
        'demo-subscribers': { type: 'string' },
        clock: { type: 'string' },
        'ftp-folder': { type: 'string' },
        'work-ms': { type: 'string' },
        'duplicates-are-errors': { type: 'boolean' },
        'exit-with-parent': { type: 'boolean' },
      },
    });
    const given: MarketingCloudOptions = {
      port: count('port', values.port),
      host: values.host,
      seed: count('demo-seed', values['demo-seed']),
      subscribers: count('demo-subscribers', values['demo-subscribers']),
      clock: values.clock,
      ftpFolder: values['ftp-folder'],
      workMs: count('work-ms', values['work-ms']),
      duplicatesAreErrors: values['duplicates-are-errors'],
    };
    return { options: given, exitWithParent: values['exit-with-parent'] ?? false };
  } catch (error) {
    return fail(2, `${(error as Error).message}\n${USAGE}`);
  }
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d+$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new Error(`--${name} must be a whole number, not "${text}"`);
}

async function start() {
  try {
    return await startMarketingCloud(options);
  } catch (error) {
    return fail(1, `The demo organisation cannot start: ${(error as Error).message}\n`);
  }
}

function announce(): Record<string, unknown> {
  const { url, clientId, clientSecret, accountId } = cloud;
  return { ready: true, url, clientId, clientSecret, accountId, pid: process.pid };
}

function stop(): void {
  cloud.close().then(
    () => process.exit(0),
    (error: Error) => fail(1, `${error.message}\n`),
  );
}

function fail(code: number, message: string): never {
  process.stderr.write(message);
  process.exit(code);
}
