import { type DragEvent, type ReactNode, useState } from 'react';
import { t } from '../../texts/t.ts';
import classes from './workflows.module.css';

interface FileDropProps {
  disabled: boolean;
  onFile(file: File): void;
  children: ReactNode;
}

/** Takes a file that is dropped anywhere on the list. The same can be done with the button above. */
export function FileDrop({ disabled, onFile, children }: FileDropProps) {
  const [over, setOver] = useState(false);
  const holdsFile = (event: DragEvent) => !disabled && event.dataTransfer.types.includes('Files');
  return (
    <section
      className={classes.dropArea}
      aria-label={t('workflows.title')}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!holdsFile(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Element | null)) setOver(false);
      }}
      onDrop={(event) => {
        if (!holdsFile(event)) return;
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file) onFile(file);
      }}
    >
      {children}
      {over && <div className={classes.over}>{t('workflows.dropHere')}</div>}
    </section>
  );
}
