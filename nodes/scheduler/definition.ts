import { defineNode } from '../../contract/node.ts';
import { bareSuccessPort } from '../kit/ports.ts';
import { form } from './form.ts';
import type { SchedulerConfig } from './schedule.ts';
import { defaults, read, schedulerSchema, toSchedule } from './schedule.ts';
import { summary } from './sentence.ts';

export const definition = defineNode<SchedulerConfig>({
  type: 'scheduler',
  label: 'Scheduler',
  description: 'Starts the published workflow at planned times.',
  group: 'flow',
  icon: 'IconCalendarClock',
  keywords: ['cron', 'schedule', 'timer', 'daily', 'frequency', 'recurring', 'validity'],
  config: schedulerSchema,
  defaults,
  form,
  inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
  starts: 'schedule',
  schedule: (given) => toSchedule(read(given)),
  ports: () => [bareSuccessPort],
  columns: () => ({ success: [] }),
  summary: (given) => summary(read(given)),
});
