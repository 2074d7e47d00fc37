/** What the kernel says of a process. Linux only; elsewhere the figures are left out. */
import { readdir, readFile, writeFile } from 'node:fs/promises';

/** The most memory it ever had resident, in MB. */
export async function peakMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const peak = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return peak === undefined ? undefined : Number(peak) / 1024;
}

/** From now on: what it had before does not count any more. */
export async function forgetPeakMemory(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined);
}

/** Processor time that it has used, in seconds; the kernel counts hundredths. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

/** The direct children of a process. */
export async function childrenOf(parent: number): Promise<number[]> {
  const entries = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry));
  const parents = await Promise.all(entries.map(async (entry) => [Number(entry), await parentOf(entry)] as const));
  return parents.flatMap(([pid, of]) => (of === parent ? [pid] : []));
}

async function parentOf(pid: string): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
