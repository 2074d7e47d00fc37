/** Clients of others, as they come from the registry: installed beside the project, in the user's cache. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { npmCommand } from '../../scripts/packages.mjs';

/** Installs packages, named with their versions, once; resolves to the folder. Throws with what npm said. */
export async function installClients(
  name: string,
  packages: readonly string[],
  say: (text: string) => void,
): Promise<string> {
  const folder = join(homedir(), '.cache', 'syncline', name);
  const done = join(folder, 'installed');
  if (existsSync(done)) return folder;
  say(`Installing ${packages.join(', ')} into ${folder} …`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const [command, ...first] = npmCommand();
  const options = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn(command, [...first, 'install', ...options, ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`npm could not install ${packages.join(', ')}: exit code ${code}.`);
  await writeFile(done, '');
  return folder;
}
