import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeFolders, root } from './sources.ts';

const run = promisify(execFile);

export interface Violation {
  rule: string;
  from: string;
  to: string;
}

/** Reads every import under a folder that is laid out as this repository, and judges it by the repository's rules. */
export async function cruise(folder: string): Promise<{ modules: string[]; violations: Violation[] }> {
  const report = await runForJson(folder, 'dependency-cruiser/bin/dependency-cruiser.mjs', [
    ...['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json'],
    ...codeFolders.filter((name) => existsSync(join(folder, name))),
  ]);
  const { modules, summary } = report as CruiseReport;
  return {
    modules: modules.map((module) => module.source),
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}

/** What nobody uses under a folder: files, exports, packages. One line each. */
export async function findDeadCode(folder: string): Promise<string[]> {
  const args = ['--reporter', 'json', '--no-progress', '--no-exit-code', '--config', join(root, 'knip.json')];
  const report = (await runForJson(folder, 'knip/bin/knip.js', args)) as KnipReport;
  return report.issues.flatMap(({ file, ...kinds }) =>
    Object.entries(kinds).flatMap(([kind, found]) =>
      Array.isArray(found) ? found.map((issue) => `${file}: ${kind} ${issue.name ?? ''}`.trim()) : [],
    ),
  );
}

async function runForJson(folder: string, program: string, args: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: folder,
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(stdout);
}

interface CruiseReport {
  modules: { source: string }[];
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
}
interface KnipReport {
  issues: ({ file: string } & Record<string, { name?: string }[] | string>)[];
}
