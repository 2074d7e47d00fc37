import type { ReactNode } from 'react';
import classes from './Export.module.css';

/** The label beside what it names: the panel is narrow, and rows are many. The field itself says it to those who cannot see. */
export function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.labelled}>
      <span aria-hidden>{label}</span>
      {children}
    </div>
  );
}
