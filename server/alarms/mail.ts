import type { AlarmBody } from '../../contract/alarm.ts';
import type { Mail } from '../../contract/connector.ts';

const words = { raised: 'Alarm', cleared: 'Over', test: 'Test' };

/** An alarm as a person reads it. */
export function toMail(body: AlarmBody, to: readonly string[]): Mail {
  const { id, change, workflow, node, message, runId, at, severity } = body;
  const place = [workflow, node].filter(Boolean).join(' / ') || 'Syncline';
  const lines = [
    message,
    '',
    `Workflow: ${workflow || '(none)'}`,
    ...(node ? [`Node: ${node}`] : []),
    ...(runId ? [`Run: ${runId}`] : []),
    `At: ${at}`,
    ...(change === 'raised' ? [`Severity: ${severity}`, '', 'You hear of it again when it is over.'] : []),
  ];
  const [first = ''] = message.split('\n');
  return { id, to, subject: `${words[change]}: ${place}: ${first.slice(0, 120)}`, text: `${lines.join('\n')}\n` };
}
