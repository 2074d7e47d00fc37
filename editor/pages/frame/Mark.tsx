import type { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Mark.module.css';

export type Tone = 'ok' | 'rej' | 'err' | 'run' | 'wait' | 'mute';

interface MarkProps {
  tone: Tone;
  Icon: typeof IconCheck;
  title?: string;
  children: ReactNode;
}

/** A state: shape, colour and word. */
export function Mark({ tone, Icon, title, children }: MarkProps) {
  return (
    <span className={classes.mark} data-tone={tone} title={title}>
      <Icon size={14} stroke={2.2} aria-hidden />
      <span className={classes.word}>{children}</span>
    </span>
  );
}
