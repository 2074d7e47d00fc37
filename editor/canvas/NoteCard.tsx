import { type NodeProps, NodeResizer } from '@xyflow/react';
import { memo, useState } from 'react';
import type { Note } from '../../contract/workflow.ts';
import { editDocument } from '../state/documentStore.ts';
import { t } from '../texts/t.ts';
import { useEditing } from './EditingContext.ts';
import type { NoteNode } from './flowParts.ts';
import classes from './NoteCard.module.css';

/** A sticky note. The first line is its title when more follow; a double click edits it. */
export const NoteCard = memo(function NoteCard({ data, selected }: NodeProps<NoteNode>) {
  const mayEdit = useEditing();
  const [editing, setEditing] = useState(data.note.text === '' && selected);
  return (
    <div className={classes.note} data-selected={selected || undefined}>
      <NodeResizer
        isVisible={selected && mayEdit}
        minWidth={90}
        minHeight={40}
        lineStyle={{ borderColor: 'transparent' }}
      />
      {editing && mayEdit ? (
        <NoteText note={data.note} onDone={() => setEditing(false)} />
      ) : (
        <button type="button" tabIndex={-1} className={classes.text} onDoubleClick={() => setEditing(true)}>
          <NoteLines text={data.note.text} />
        </button>
      )}
    </div>
  );
});

function NoteLines({ text }: { text: string }) {
  if (text === '') return <span className={classes.empty}>{t('canvas.noteEmpty')}</span>;
  const [title, ...rest] = text.split('\n');
  if (rest.length === 0) return text;
  return (
    <>
      <b>{title}</b>
      {`\n${rest.join('\n')}`}
    </>
  );
}

function NoteText({ note, onDone }: { note: Note; onDone(): void }) {
  const change = (text: string) =>
    editDocument({ type: 'changeNote', id: note.id, patch: { text } }, `note:${note.id}`);
  return (
    <textarea
      ref={(element) => element?.focus()}
      className={`${classes.input} nodrag nowheel`}
      aria-label={t('canvas.noteText')}
      value={note.text}
      maxLength={10_000}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={onDone}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') onDone();
      }}
    />
  );
}
