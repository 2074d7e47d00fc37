import { parseArgs } from 'node:util';
import { DEMO_ROLE, DEMO_USER, startSts } from './index.ts';

const USAGE =
  'usage: node demo/sts/main.ts [--port N] [--host ADDRESS] [--region REGION] [--role ARN] [--external-id ID] [--exit-with-parent]\n';

const { options, exitWithParent } = readArguments();
const sts = await startSts(options).catch((error: Error) => fail(1, `The STS cannot start: ${error.message}\n`));
const announced = {
  ready: true,
  url: sts.url,
  region: sts.sts.region,
  ...options.roles[0],
  ...DEMO_USER,
  pid: process.pid,
};
process.stdout.write(`${JSON.stringify(announced)}\n`);
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (exitWithParent) {
  process.stdin.resume();
  process.stdin.once('close', stop);
  process.stdin.once('end', stop);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        host: { type: 'string' },
        region: { type: 'string' },
        role: { type: 'string', default: DEMO_ROLE.arn },
        'external-id': { type: 'string', default: DEMO_ROLE.externalId },
        'exit-with-parent': { type: 'boolean', default: false },
      },
    });
    if (!/^\d+$/.test(values.port)) throw new Error(`--port must be a whole number, not "${values.port}"`);
    const roles = [{ arn: values.role, externalId: values['external-id'] }] as const;
    const given = { port: Number(values.port), host: values.host, region: values.region, roles };
    return { options: given, exitWithParent: values['exit-with-parent'] };
  } catch (error) {
    return fail(2, `${(error as Error).message}\n${USAGE}`);
  }
}

function stop(): void {
  sts.close().then(
    () => process.exit(0),
    (error: Error) => fail(1, `${error.message}\n`),
  );
}

function fail(code: number, message: string): never {
  process.stderr.write(message);
  process.exit(code);
}
