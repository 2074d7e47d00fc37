/** The sf CLI as its makers publish it: installed beside the project, run in a home of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { installClients } from './install.ts';

/** Newer ones may call what the organisation does not know yet. */
const version = '2.150.6';

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** What a command answers with `--json`. */
export interface Answer<Result> {
  status: number;
  name?: string;
  message?: string;
  result: Result;
}

export class SfCli {
  readonly #program: string;
  /** Files of the commands lie here. */
  readonly folder: string;

  constructor(program: string, folder: string) {
    this.#program = program;
    this.folder = folder;
  }

  async run(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
    const child = spawn(process.execPath, [this.#program, ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...quiet, HOME: this.folder, USERPROFILE: this.folder, ...environment },
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      err += chunk;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, err };
  }

  /** Runs a command that must succeed, and gives its result. */
  async ask<Result>(args: readonly string[], environment: Record<string, string> = {}): Promise<Result> {
    const { code, answer } = await this.try<Result>(args, environment);
    if (code !== 0) throw new Error(`exit code ${code}: ${answer.name}: ${answer.message}`);
    return answer.result;
  }

  /** Runs a command that may fail. */
  async try<Result>(
    args: readonly string[],
    environment: Record<string, string> = {},
  ): Promise<{ code: number | null; answer: Answer<Result> }> {
    const { code, out, err } = await this.run([...args, '--json'], environment);
    try {
      return { code, answer: JSON.parse(out) as Answer<Result> };
    } catch (error) {
      throw new Error(`exit code ${code}, and no JSON: ${out.slice(0, 300)}${err.slice(0, 300)}`, { cause: error });
    }
  }
}

/** Nothing is sent anywhere else, nothing is asked, and no keychain of the machine is used. */
const quiet = {
  SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
  SF_DISABLE_TELEMETRY: 'true',
  SF_AUTOUPDATE_DISABLE: 'true',
  SF_SKIP_NEW_VERSION_CHECK: 'true',
  NODE_NO_WARNINGS: '1',
};

/** Installs the CLI into the user's cache, once; resolves to its program. Throws with what npm said. */
export async function installSfCli(say: (text: string) => void): Promise<string> {
  const folder = await installClients(`salesforce-cli-${version}`, [`@salesforce/cli@${version}`], say);
  return join(folder, 'node_modules', '@salesforce', 'cli', 'bin', 'run.js');
}
