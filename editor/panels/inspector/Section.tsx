import { Button, Collapse } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Inspector.module.css';

interface SectionProps {
  title: string;
  /** Whether it is open is remembered under this name, for all nodes and workflows alike. */
  name: string;
  /** Open whatever is remembered: something in it needs to be seen. */
  forced?: boolean;
  children: ReactNode;
}

/** Settings that most people need seldom: closed until they are opened once. */
export function Section({ title, name, forced = false, children }: SectionProps) {
  const [open, setOpen] = useLocalStorage({ key: `syncline:section:${name}`, defaultValue: false });
  const shown = open || forced;
  const Chevron = shown ? IconChevronDown : IconChevronRight;
  return (
    <div className={classes.general}>
      <Button
        variant="subtle"
        color="gray"
        px={4}
        aria-expanded={shown}
        leftSection={<Chevron size={15} aria-hidden />}
        onClick={() => setOpen(!shown)}
      >
        {title}
      </Button>
      <Collapse expanded={shown} keepMounted={false}>
        <div className={classes.fields}>{children}</div>
      </Collapse>
    </div>
  );
}
