import { Alert } from '@mantine/core';
import type { PanelProps } from '../kit/panel/context.ts';
import { Form } from '../kit/panel/Form.tsx';
import { definition } from './definition.ts';
import { shownFields } from './form.ts';
import classes from './Panel.module.css';
import { read } from './schedule.ts';
import { sentence } from './sentence.ts';

/** Texts of this panel, in one place. */
const texts = {
  next: (zone: string) => `Next starts (${zone})`,
  published: 'Only of a published workflow; the draft is started by hand.',
  none: 'It never starts.',
};

/** The form, and below it what that means: a schedule is hard to read, a sentence and the next ten starts are not. */
export default function SchedulerPanel(props: PanelProps) {
  return (
    <div className={classes.panel}>
      <Form {...props} fields={shownFields(read(props.config))} />
      <NextStarts {...props} />
    </div>
  );
}

function NextStarts({ config, context }: PanelProps) {
  const schedule = definition.config.safeParse(config).success ? definition.schedule?.(config) : undefined;
  const zone = schedule?.timeZone || context.workflow.timeZone;
  const plan = schedule ? { timing: schedule.timing, validity: schedule.validity } : null;
  const { data, error } = context.useNextInstants(plan, zone);
  if (!schedule) return null;
  return (
    <section aria-label={texts.next(zone)}>
      <p className={classes.sentence}>{sentence(read(config), zone)}</p>
      <div className={classes.heading}>{texts.next(zone)}</div>
      <p className={classes.hint}>{texts.published}</p>
      {error ? (
        <Alert color="red" title={error.message}>
          {error.action}
        </Alert>
      ) : null}
      {data?.length === 0 ? <p className={classes.hint}>{texts.none}</p> : null}
      <ol className={classes.instants}>
        {data?.map(({ at, local }) => (
          <li key={at}>
            <time dateTime={at}>{local}</time>
          </li>
        ))}
      </ol>
    </section>
  );
}
