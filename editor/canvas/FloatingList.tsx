import { Portal } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './FloatingList.module.css';
import type { Point } from './geometry.ts';

const width = 230;
const height = 350;

/** A small list at a place of the window, kept inside it; a click elsewhere closes it. */
export function FloatingList(props: { at: Point; label: string; onClose(): void; children: ReactNode }) {
  const { at, label, onClose, children } = props;
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const away = (event: PointerEvent) => {
      if (!element.current?.contains(event.target as Element)) onClose();
    };
    window.addEventListener('pointerdown', away, true);
    return () => window.removeEventListener('pointerdown', away, true);
  }, [onClose]);
  const left = Math.max(8, Math.min(at.x, window.innerWidth - width - 8));
  const top = Math.max(8, Math.min(at.y, window.innerHeight - height - 8));
  return (
    <Portal>
      <div className={classes.float} style={{ left, top }} role="dialog" aria-label={label} ref={element}>
        <p className={classes.title}>{label}</p>
        {children}
      </div>
    </Portal>
  );
}
