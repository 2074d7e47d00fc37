import { Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { t } from '../../texts/t.ts';
import classes from './PageFrame.module.css';

interface PageFrameProps {
  title: string;
  /** The list that the page is one entry of. */
  above?: { to: string; label: string };
  /** Beside the title, for example a count. */
  aside?: ReactNode;
  actions?: ReactNode;
  /** A second line: search and filters. */
  tools?: ReactNode;
  children: ReactNode;
}

/** Title, actions and tools at the top; what is below scrolls by itself. */
export function PageFrame({ title, above, aside, actions, tools, children }: PageFrameProps) {
  useDocumentTitle(`${title} · ${t('app.name')}`);
  return (
    <div className={classes.frame}>
      <header className={classes.head}>
        {above && (
          <>
            <Link to={above.to} className={classes.above}>
              {above.label}
            </Link>
            <IconChevronRight size={14} className={classes.step} aria-hidden />
          </>
        )}
        <Title order={1} className={classes.title} title={title}>
          {title}
        </Title>
        {aside && <div className={classes.aside}>{aside}</div>}
        <div className={classes.actions}>{actions}</div>
      </header>
      {tools && <div className={classes.tools}>{tools}</div>}
      <div className={classes.body}>{children}</div>
    </div>
  );
}
