import { ActionIcon } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { type MouseEvent, memo } from 'react';
import { useRunView } from '../state/runStore.ts';
import { showRows, useView } from '../state/viewStore.ts';
import { t } from '../texts/t.ts';
import { countText, fitCount } from './countText.ts';
import { useEditing } from './EditingContext.ts';
import { useFar } from './far.ts';
import type { TransitionEdge as FlowEdge, TransitionData } from './flowParts.ts';
import { leaveHovered, setHovered, useHovered } from './hover.ts';
import { kindColour } from './kindColour.ts';
import { PortShape } from './PortShape.tsx';
import { askForNode } from './quickAdd.ts';
import classes from './TransitionEdge.module.css';
import { transitionPath } from './transitionPath.ts';

/** Units of the canvas in which a count and "+" have room beside each other. */
const roomForBoth = 120;

/** Around the text of a count: its shape and the edges. */
const aroundCount = 34;
/** A count is never cut off. */
const countRoom = (count: string): number => aroundCount + 7 * count.length;

/** An arrow with the count of what went along it. A click on the count opens the rows. */
export const TransitionEdge = memo(function TransitionEdge(props: EdgeProps<FlowEdge>) {
  return useFar((state) => state.far) ? <FarEdge {...props} /> : <NearEdge {...props} />;
});

function FarEdge(props: EdgeProps<FlowEdge>) {
  const [path] = transitionPath(props);
  const stroke = props.data && kindColour[props.data.kind];
  return <path d={path} fill="none" style={{ stroke, strokeWidth: props.selected ? 5 : 3 }} />;
}

function NearEdge(props: EdgeProps<FlowEdge>) {
  const { id, data, selected, source, sourceHandleId } = props;
  const hovered = useHovered((state) => state.id === id);
  const editing = useEditing();
  const count = useCount(id, source, sourceHandleId ?? '');
  const [path, { x, y, room }] = transitionPath(props, data?.stubs);
  if (!data) return null;
  const shown = count && fitCount(count, room - aroundCount);
  const active = selected || hovered;
  return (
    <>
      <BaseEdge
        path={path}
        interactionWidth={18}
        style={{ stroke: kindColour[data.kind], strokeWidth: active ? 2.6 : 1.8 }}
      />
      {(count || data.kind === 'branch' || (active && editing)) && (
        <EdgeLabelRenderer>
          <span
            className={`${classes.label} nodrag nopan`}
            data-active={active || undefined}
            data-short={room < roomForBoth || undefined}
            style={{
              transform: `translate(-50%, -50%) translate(${x}px, ${y}px)`,
              ['--room' as string]: `${Math.max(room, countRoom(shown ?? ''))}px`,
            }}
          >
            <Pill id={id} source={source} port={sourceHandleId ?? ''} data={data} count={count} shown={shown} />
            {active && editing && <InsertButton id={id} data={data} />}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

/** The count as text: of the transition itself, or of its port while that still counts. A primitive, so that only a change renders. */
function useCount(id: string, source: string, port: string): string | null {
  return useRunView((view) => {
    const now = view.nodes[source]?.ports[port];
    if (now?.counting) return countText(now);
    const transition = view.transitions[id];
    if (!transition) return null;
    const { count, total } = transition;
    return countText({ count, counting: false, earlier: (total ?? 0) - (count ?? 0) });
  });
}

interface PillProps {
  id: string;
  source: string;
  port: string;
  data: TransitionData;
  count: string | null;
  /** The count as it has room. */
  shown: string | null;
}

function Pill({ id, source, port, data, count, shown }: PillProps) {
  const opened = useView((view) => view.rows?.nodeId === source && view.rows.port === port);
  const several = useRunView(({ transitions: { [id]: one } }) => one !== undefined && one.total !== one.count);
  const { fromLabel: from, toLabel: to } = data;
  const name = data.kind === 'branch' ? data.portLabel : '';
  if (name === '' && !count) return null;
  const open = (event: MouseEvent) => {
    event.stopPropagation();
    showRows({ nodeId: source, port });
  };
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes.pill}
      data-opened={opened || undefined}
      style={{ ['--kind' as string]: kindColour[data.kind] }}
      onClick={open}
      title={
        [name, shown === count ? '' : count, several ? t('canvas.lastOfHint') : ''].filter(Boolean).join('\n') ||
        undefined
      }
      aria-label={t('canvas.transition', { from, port: data.portLabel, to, count: count || '–' })}
    >
      <PortShape kind={data.kind} filled />
      {name !== '' && <span className={classes.name}>{name}</span>}
      {shown}
    </button>
  );
}

function InsertButton({ id, data }: { id: string; data: TransitionData }) {
  const label = t('canvas.insertBetween', { from: data.fromLabel, to: data.toLabel });
  return (
    <ActionIcon
      size={22}
      variant="default"
      radius="xl"
      className={classes.insert}
      tabIndex={-1}
      aria-label={label}
      title={label}
      onMouseEnter={() => setHovered(id)}
      onMouseLeave={leaveHovered}
      onClick={(event) => askForNode({ kind: 'insert', transitionId: id }, { x: event.clientX, y: event.clientY })}
    >
      <IconPlus size={13} aria-hidden />
    </ActionIcon>
  );
}
