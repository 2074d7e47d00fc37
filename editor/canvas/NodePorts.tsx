import { Handle, Position } from '@xyflow/react';
import { type MouseEvent, memo } from 'react';
import type { Port } from '../../contract/node.ts';
import type { PortView } from '../state/run/runView.ts';
import { useRunView } from '../state/runStore.ts';
import { showRows } from '../state/viewStore.ts';
import { t } from '../texts/t.ts';
import { countText, fitCount } from './countText.ts';
import type { CardData } from './flowParts.ts';
import { portMiddle } from './geometry.ts';
import { kindColour } from './kindColour.ts';
import classes from './NodeCard.module.css';
import { PortShape } from './PortShape.tsx';

export function InboundPort({ label }: { label: string }) {
  const name = t('canvas.input', { node: label });
  return (
    <Handle type="target" position={Position.Left} className={classes.inbound} role="img" aria-label={name}>
      <span />
    </Handle>
  );
}

export const OutputPorts = memo(function OutputPorts({ id, data }: { id: string; data: CardData }) {
  const open = new Set(data.open.split('|'));
  return data.ports.map((port, index) => (
    <OutputPort
      key={port.name}
      nodeId={id}
      nodeLabel={data.node.label}
      port={port}
      top={portMiddle(index, data.ports.length)}
      room={open.has(port.name) ? data.room : null}
    />
  ));
});

interface OutputPortProps {
  nodeId: string;
  nodeLabel: string;
  port: Port;
  top: number;
  /** Beside it, where it leads nowhere; null: it leads somewhere. */
  room: number | null;
}

function OutputPort({ nodeId, nodeLabel, port, top, room }: OutputPortProps) {
  const view = useRunView((state) => state.nodes[nodeId]?.ports[port.name]);
  const openRows = (event: MouseEvent) => {
    event.stopPropagation();
    showRows({ nodeId, port: port.name });
  };
  return (
    <>
      <Handle
        type="source"
        id={port.name}
        position={Position.Right}
        className={classes.port}
        style={{ top }}
        role="button"
        aria-label={t('canvas.output', { port: port.label, node: nodeLabel })}
        title={port.rows ? t('canvas.outputHint', { port: port.label }) : port.label}
        onClick={openRows}
      >
        <PortShape kind={port.kind} />
      </Handle>
      {room !== null && <Stub port={port} top={top} room={room} view={view} onOpen={openRows} />}
    </>
  );
}

/** What a stub takes before its text, with the way from the card and to the next one. */
const aroundText = 43;
/** A name of one letter and "…" says nothing. */
const leastName = 28;

interface StubProps {
  port: Port;
  top: number;
  room: number;
  view: PortView | undefined;
  onOpen(event: MouseEvent): void;
}

/** The end of an unterminated transition. */
function Stub({ port, top, room, view, onOpen }: StubProps) {
  const count = view ? countText(view) : '';
  const name = port.kind === 'branch' ? port.label : '';
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`${classes.stub} nodrag`}
      style={{ top, ['--kind' as string]: kindColour[port.kind], ['--room' as string]: `${Math.max(0, room - 14)}px` }}
      title={[name, count].filter((part) => part !== '').join(' ') || undefined}
      data-rows={(view && port.rows) || undefined}
      aria-label={t('canvas.openRows', { port: port.label, count: count || '–' })}
      onClick={onOpen}
    >
      <svg
        width="25"
        height="12"
        viewBox="0 0 25 12"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        aria-hidden="true"
      >
        <path d="M0 6h13" />
        <path d="M13 6l5.5-5 5.5 5-5.5 5z" fill="var(--canvas)" />
      </svg>
      {name !== '' && room >= aroundText + leastName && <span className={classes.stubName}>{name}</span>}
      {fitCount(count, room - aroundText)}
    </button>
  );
}
