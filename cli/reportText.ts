import type { RunReport } from './runSummary.ts';

const thousands = new Intl.NumberFormat('en-GB');

/** The result for people: what became of the run, and the rows by port. */
export function describeReport(report: RunReport): string {
  const { workflow, state, durationMs, run, rejects, error } = report;
  const took = durationMs === null ? '' : ` in ${(durationMs / 1_000).toFixed(1)} s`;
  const ports = Object.entries(report.ports).filter(([, count]) => count !== null);
  const width = Math.max(0, ...ports.map(([name]) => name.length));
  return [
    `${workflow}: ${state}${took} (run ${run})`,
    ...(error ? [`  ${error.message} ${error.action}`] : []),
    ...ports.map(([name, count]) => `  ${name.padEnd(width)}  ${thousands.format(count ?? 0).padStart(12)}`),
    ...(rejects > 0 ? [`  ${thousands.format(rejects)} rejects`] : []),
    ...Object.entries(report.options).map(([name, value]) => `  ${name} = ${value}`),
    ...report.alarms.map((alarm) => `  ${alarm}`),
    '',
  ].join('\n');
}
