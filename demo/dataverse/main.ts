import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startDataverse } from './index.ts';
import type { DataverseOptions } from './options.ts';

const USAGE = `usage: node demo/dataverse/main.ts [--port N] [--host ADDRESS] [--demo-seed N] [--demo-contacts N]
       [--clock INSTANT] [--requests-in-window N] [--token-seconds N] [--change-tracking-days N]
       [--negation-skips-nulls] [--no-recycle-bin] [--client-certificate FILE] [--exit-with-parent]
`;

const { options, exitWithParent } = readArguments();
const dataverse = await start();
const { url, tenant, clientId, clientSecret } = dataverse;
process.stdout.write(`${JSON.stringify({ ready: true, url, tenant, clientId, clientSecret, pid: process.pid })}\n`);
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (exitWithParent) {
  process.stdin.resume();
  process.stdin.once('close', stop);
  process.stdin.once('end', stop);
}

function readArguments(): { options: DataverseOptions; exitWithParent: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'demo-seed': { type: 'string' },
        'demo-contacts': { type: 'string' },
        clock: { type: 'string' },
        'requests-in-window': { type: 'string' },
        'token-seconds': { type: 'string' },
        'change-tracking-days': { type: 'string' },
        'negation-skips-nulls': { type: 'boolean' },
        'no-recycle-bin': { type: 'boolean' },
        'client-certificate': { type: 'string' },
        'exit-with-parent': { type: 'boolean' },
      },
    });
    const certificate = values['client-certificate'];
    const given: DataverseOptions = {
      port: count('port', values.port),
      host: values.host,
      seed: count('demo-seed', values['demo-seed']),
      contacts: count('demo-contacts', values['demo-contacts']),
      clock: values.clock,
      requestsInWindow: count('requests-in-window', values['requests-in-window']),
      tokenSeconds: count('token-seconds', values['token-seconds']),
      changeTrackingDays: count('change-tracking-days', values['change-tracking-days']),
      negationFindsNulls: values['negation-skips-nulls'] ? false : undefined,
      recycleBin: values['no-recycle-bin'] ? false : undefined,
      publicKey: certificate === undefined ? undefined : readFileSync(certificate, 'utf8'),
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
    return await startDataverse(options);
  } catch (error) {
    return fail(1, `The demo organisation cannot start: ${(error as Error).message}\n`);
  }
}

function stop(): void {
  dataverse.close().then(
    () => process.exit(0),
    (error: Error) => fail(1, `${error.message}\n`),
  );
}

function fail(code: number, message: string): never {
  process.stderr.write(message);
  process.exit(code);
}
