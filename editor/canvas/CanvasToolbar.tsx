import { Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsMaximize,
  IconMinus,
  IconNote,
  IconPlus,
  IconSitemap,
} from '@tabler/icons-react';
import { useReactFlow, useStore } from '@xyflow/react';
import { dispatchDocument, useDocument } from '../state/documentStore.ts';
import { formatPercent } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import classes from './CanvasToolbar.module.css';
import { addNote, tidySelected } from './commands.ts';
import { useEditing } from './EditingContext.ts';
import { useViewport } from './useViewport.ts';

export function CanvasToolbar() {
  const editing = useEditing();
  return (
    <div className={classes.bar} role="toolbar" aria-label={t('canvas.toolbar')}>
      <ZoomTools />
      {editing && <EditTools />}
    </div>
  );
}

function ZoomTools() {
  const flow = useReactFlow();
  const { fit } = useViewport();
  const zoom = useStore((state) => formatPercent(state.transform[2]));
  return (
    <>
      <Tool label={t('canvas.zoomOut')} keys="−" Icon={IconMinus} onClick={() => void flow.zoomOut()} />
      <Tooltip label={t('canvas.zoomReset')}>
        <button
          type="button"
          className={classes.zoom}
          aria-label={t('canvas.zoomReset')}
          onClick={() => void flow.zoomTo(1)}
        >
          {zoom}
        </button>
      </Tooltip>
      <Tool label={t('canvas.zoomIn')} keys="+" Icon={IconPlus} onClick={() => void flow.zoomIn()} />
      <Tool label={t('canvas.fit')} keys="F" Icon={IconArrowsMaximize} onClick={fit} />
    </>
  );
}

function EditTools() {
  const mayUndo = useDocument((state) => state.past.length > 0);
  const mayRedo = useDocument((state) => state.future.length > 0);
  const { centre } = useViewport();
  return (
    <>
      <Tool label={t('canvas.tidy')} keys="T" Icon={IconSitemap} onClick={() => void tidySelected()} />
      <Tool label={t('canvas.addNote')} keys="N" Icon={IconNote} onClick={() => addNote(centre())} />
      <Tool
        label={t('canvas.undo')}
        keys="Ctrl Z"
        Icon={IconArrowBackUp}
        disabled={!mayUndo}
        onClick={() => dispatchDocument({ type: 'undo' })}
      />
      <Tool
        label={t('canvas.redo')}
        keys="Ctrl Y"
        Icon={IconArrowForwardUp}
        disabled={!mayRedo}
        onClick={() => dispatchDocument({ type: 'redo' })}
      />
    </>
  );
}

interface ToolProps {
  label: string;
  keys: string;
  Icon: typeof IconPlus;
  disabled?: boolean;
  onClick(): void;
}

function Tool({ label, keys, Icon, disabled, onClick }: ToolProps) {
  return (
    <Tooltip label={`${label} (${keys})`}>
      <button type="button" className={classes.tool} aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={16} stroke={1.8} aria-hidden />
      </button>
    </Tooltip>
  );
}
