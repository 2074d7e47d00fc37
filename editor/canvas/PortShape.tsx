import type { PortKind } from '../../contract/node.ts';
import classes from './PortShape.module.css';

/** success ● green, reject ◆ amber, error ▲ red; a branch looks like success and carries its label. */
export function PortShape({ kind, filled = false }: { kind: PortKind; filled?: boolean }) {
  return <span className={classes.shape} data-kind={kind} data-filled={filled || undefined} aria-hidden />;
}
