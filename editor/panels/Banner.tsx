import type { ReactNode } from 'react';
import classes from './Banner.module.css';

/** A line above the canvas that says what is special about this drawing, with what can be done. */
export function Banner({ children, icon }: { children: ReactNode; icon?: ReactNode }) {
  return (
    <div className={classes.banner} role="status">
      {icon}
      {children}
    </div>
  );
}
