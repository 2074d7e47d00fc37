import { Anchor, Title } from '@mantine/core';
import { IconAlertTriangleFilled, IconCheck } from '@tabler/icons-react';
import { endpointUrl } from '../../api/call.ts';
import { useSession } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { Facts } from '../frame/Facts.tsx';
import { FailureAlert } from '../frame/FailureAlert.tsx';
import { Mark } from '../frame/Mark.tsx';
import classes from './administration.module.css';
import { type Health, useHealth } from './useHealth.ts';

/** What runs here, whether it is well, and the ways in for programs. */
export function AboutSection() {
  const session = useSession();
  return (
    <div className={classes.page}>
      <div className={classes.narrow}>
        <section className={classes.section}>
          <Facts
            facts={[
              { label: t('about.version'), value: session.version },
              { label: t('about.timeZone'), value: session.timeZone },
              { label: t('about.demo'), value: t(session.demo ? 'about.demoOn' : 'about.demoOff') },
            ]}
          />
        </section>
        <HealthFacts />
        <section className={classes.section} aria-labelledby="about-interface">
          <Title order={2} id="about-interface">
            {t('about.interface')}
          </Title>
          <Links />
        </section>
      </div>
    </div>
  );
}

function HealthFacts() {
  const health = useHealth();
  return (
    <section className={classes.section} aria-labelledby="about-health" aria-live="polite">
      <Title order={2} id="about-health">
        {t('about.health')}
      </Title>
      {health.error && <FailureAlert error={health.error} />}
      {health.data && (
        <Facts
          facts={[
            { label: t('about.database'), value: <DatabaseMark health={health.data} /> },
            { label: t('about.engine'), value: <EngineMark health={health.data} /> },
          ]}
        />
      )}
    </section>
  );
}

function DatabaseMark({ health }: { health: Health }) {
  return health.database === 'ok' ? (
    <Mark tone="ok" Icon={IconCheck}>
      {t('about.databaseOk')}
    </Mark>
  ) : (
    <Mark tone="err" Icon={IconAlertTriangleFilled}>
      {t('about.databaseDown')}
    </Mark>
  );
}

function EngineMark({ health: { engine, heartbeatAgeMs } }: { health: Health }) {
  const seconds = Math.round((heartbeatAgeMs ?? 0) / 1_000);
  if (engine === 'ok') {
    return (
      <Mark tone="ok" Icon={IconCheck}>
        {t('about.engineOk', { seconds })}
      </Mark>
    );
  }
  return (
    <Mark tone="err" Icon={IconAlertTriangleFilled}>
      {engine === 'stale' ? t('about.engineStale', { seconds }) : t('about.engineNone')}
    </Mark>
  );
}

function Links() {
  const links = [
    { to: '/api/docs', label: t('about.docs'), hint: t('about.docsHint') },
    { to: endpointUrl('getOpenApi'), label: t('about.openApi') },
    { to: endpointUrl('getWorkflowSchema'), label: t('about.schema') },
    { to: '/metrics', label: t('about.metrics') },
  ];
  return (
    <ul className={classes.links}>
      {links.map(({ to, label, hint }) => (
        <li key={to}>
          <Anchor href={to} target="_blank" rel="noreferrer">
            {label}
          </Anchor>
          {hint && <small>{hint}</small>}
        </li>
      ))}
    </ul>
  );
}
