import { defineNode } from '../../contract/node.ts';
import { bareSuccessPort } from '../kit/ports.ts';
import { form } from './form.ts';
import type { SchedulerConfig } from './schedule.ts';
import { chosenDays, cronText, dayNames, defaults, read, schedulerSchema } from './schedule.ts';

function summary(given: unknown): string {
  const config = read(given);
  const parts = [phrase(config)];
  if (config.on === 'workdays' && ['minutes', 'hours', 'daily'].includes(config.frequency)) parts.push('Mon–Fri');
  if (config.timeZone !== '') parts.push(config.timeZone);
  return parts.join(' · ');
}

function phrase(config: SchedulerConfig): string {
  const every = (count: string, unit: string): string => (count === '1' ? `every ${unit}` : `every ${count} ${unit}s`);
  switch (config.frequency) {
    case 'minutes':
      return every(config.minutes, 'minute');
    case 'hours':
      return every(config.hours, 'hour');
    case 'daily':
      return `daily at ${config.at}`;
    case 'weekly':
      return `${
        chosenDays(config.days)
          .map((day) => shortDay(day))
          .join(', ') || 'weekly'
      } at ${config.at}`;
    case 'monthly':
      return `monthly on ${config.monthDay === 'last' ? 'the last day' : `day ${config.monthDay}`} at ${config.at}`;
    case 'cron':
      return config.cron.trim() === '' ? 'cron …' : config.cron.trim().slice(0, 60);
  }
}

/** 1 → "Mon". */
function shortDay(day: number): string {
  const name = dayNames[day - 1] ?? '';
  return name.charAt(0).toUpperCase() + name.slice(1, 3);
}

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
  schedule: (given) => {
    const config = read(given);
    const { timeZone, overlap, catchUp } = config;
    return { cron: cronText(config), timeZone, overlap, catchUp };
  },
  ports: () => [bareSuccessPort],
  columns: () => ({ success: [] }),
  summary,
});
