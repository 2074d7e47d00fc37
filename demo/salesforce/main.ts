import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startSalesforce } from './index.ts';
import type { SalesforceOptions } from './options.ts';

const USAGE = `usage: node demo/salesforce/main.ts [--port N] [--host ADDRESS] [--demo-seed N] [--demo-contacts N]
       [--clock INSTANT] [--daily-requests N] [--session-seconds N] [--negation-skips-nulls] [--exit-with-parent]
       [--redirect-uri URI]... [--jwt-public-key FILE] [--rotate-refresh-tokens]
`;

const { options, exitWithParent } = readArguments();
const salesforce = await start();
process.stdout.write(`${JSON.stringify(announce())}\n`);
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (exitWithParent) {
  process.stdin.resume();
  process.stdin.once('close', stop);
  process.stdin.once('end', stop);
}

function readArguments(): { options: SalesforceOptions; exitWithParent: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'demo-seed': { type: 'string' },
        'demo-contacts': { type: 'string' },
        clock: { type: 'string' },
        'daily-requests': { type: 'string' },
        'session-seconds': { type: 'string' },
        'negation-skips-nulls': { type: 'boolean' },
        'exit-with-parent': { type: 'boolean' },
        'redirect-uri': { type: 'string', multiple: true },
        'jwt-public-key': { type: 'string' },
        'rotate-refresh-tokens': { type: 'boolean' },
      },
    });
    const given: SalesforceOptions = {
      port: count('port', values.port),
      host: values.host,
      seed: count('demo-seed', values['demo-seed']),
      contacts: count('demo-contacts', values['demo-contacts']),
      clock: values.clock,
      dailyRequests: count('daily-requests', values['daily-requests']),
      sessionSeconds: count('session-seconds', values['session-seconds']),
      negationFindsNulls: values['negation-skips-nulls'] ? false : undefined,
      app: {
        ...(values['redirect-uri'] && { redirectUris: values['redirect-uri'] }),
        ...(values['jwt-public-key'] && { publicKey: readFileSync(values['jwt-public-key'], 'utf8') }),
        rotateRefreshTokens: values['rotate-refresh-tokens'] ?? false,
      },
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
    return await startSalesforce(options);
  } catch (error) {
    return fail(1, `The demo organisation cannot start: ${(error as Error).message}\n`);
  }
}

function announce(): Record<string, unknown> {
  const { url, clientId, clientSecret, username, password, securityToken } = salesforce;
  return { ready: true, url, clientId, clientSecret, username, password, securityToken, pid: process.pid };
}

function stop(): void {
  salesforce.close().then(
    () => process.exit(0),
    (error: Error) => fail(1, `${error.message}\n`),
  );
}

function fail(code: number, message: string): never {
  process.stderr.write(message);
  process.exit(code);
}
