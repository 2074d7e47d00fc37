import { ActionIcon, Title } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
import { isTyping } from '../../canvas/isTyping.ts';
import { t } from '../../texts/t.ts';
import classes from './DetailPane.module.css';

interface DetailPaneProps {
  title: string;
  label: string;
  actions?: ReactNode;
  onClose(): void;
  children: ReactNode;
}

/** One entry of a list, beside it. Escape closes it. */
export function DetailPane({ title, label, actions, onClose, children }: DetailPaneProps) {
  useHotkeys([['Escape', (event) => !isTyping(event.target) && onClose()]]);
  return (
    <aside className={classes.pane} aria-label={label}>
      <header className={classes.head}>
        <Title order={2} className={classes.title} title={title}>
          {breakable(title)}
        </Title>
        {actions}
        <ActionIcon aria-label={t('list.closeDetail')} onClick={onClose}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </header>
      <div className={classes.body}>{children}</div>
    </aside>
  );
}

/** A long name such as that of an option breaks behind an underscore, not in the middle of a word. */
const breakable = (name: string): ReactNode =>
  name.split(/(?<=_)/).map((part, index) => (
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ));
