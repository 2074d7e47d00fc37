import { Title } from '@mantine/core';
import type { Connector } from './connection.ts';
import classes from './connections.module.css';

/** What a person does in the outside system first. */
export function Guide({ guide }: Pick<Connector, 'guide'>) {
  if (!guide) return null;
  return (
    <section className={classes.card} aria-label={guide.title}>
      <Title order={3}>{guide.title}</Title>
      <ol className={classes.steps}>
        {guide.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </section>
  );
}
