import { useReactFlow } from '@xyflow/react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Port } from '../../contract/node.ts';
import { foldText } from '../../contract/types.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { iconNamed } from '../catalog/icons.ts';
import { useDocument } from '../state/documentStore.ts';
import { setView, showNode, useView } from '../state/viewStore.ts';
import { t } from '../texts/t.ts';
import { connectNodes } from './commands.ts';
import classes from './FloatingList.module.css';
import { FloatingList } from './FloatingList.tsx';
import { cardData } from './flowParts.ts';
import { cardWidth, readingOrder } from './geometry.ts';
import { PortShape } from './PortShape.tsx';

interface Choice {
  key: string;
  port: Port;
  to: WorkflowNode;
}

/** Draws a transition by keyboard: type to narrow "output → node", Enter connects. Opened by C on a node. */
export function ConnectMenu() {
  const fromId = useView((view) => view.connectFrom);
  const workflow = useDocument((state) => state.workflow);
  const flow = useReactFlow();
  const from = workflow?.nodes.find((node) => node.id === fromId);
  if (!workflow || !from) return null;
  const close = () => {
    setView({ connectFrom: null });
    document.querySelector<HTMLElement>(`.react-flow__node[data-id="${from.id}"]`)?.focus();
  };
  const at = flow.flowToScreenPosition({ x: from.x + cardWidth + 16, y: from.y });
  return (
    <FloatingList at={at} label={t('canvas.connect', { node: from.label })} onClose={close}>
      <ConnectChoices choices={listChoices(workflow, from)} from={from} onClose={close} />
    </FloatingList>
  );
}

/** Every output with every node that takes an input; outputs that lead nowhere and nodes to the right come first. */
function listChoices(workflow: Workflow, from: WorkflowNode): Choice[] {
  const taken = new Set(workflow.transitions.filter((one) => one.from === from.id).map((one) => one.port));
  const drawn = new Set(
    workflow.transitions.filter((one) => one.from === from.id).map((one) => `${one.port} ${one.to}`),
  );
  const ports = [...cardData(from).ports].sort((a, b) => Number(taken.has(a.name)) - Number(taken.has(b.name)));
  const targets = readingOrder(workflow.nodes.filter((node) => cardData(node).takesInput && node.id !== from.id));
  const behind = targets.filter((node) => node.x > from.x);
  const before = targets.filter((node) => node.x <= from.x);
  return ports.flatMap((port) =>
    [...behind, ...before]
      .map((to) => ({ key: `${port.name} ${to.id}`, port, to }))
      .filter((choice) => !drawn.has(choice.key)),
  );
}

function ConnectChoices({ choices, from, onClose }: { choices: Choice[]; from: WorkflowNode; onClose(): void }) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const words = foldText(query).split(/\s+/).filter(Boolean);
  const found = choices
    .filter(({ port, to }) => words.every((word) => foldText(`${port.label} ${to.label}`).includes(word)))
    .slice(0, 60);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const connect = (choice: Choice | undefined) => {
    if (!choice) return;
    connectNodes(from.id, choice.port.name, choice.to.id);
    onClose();
    showNode(choice.to.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter') connect(found[active]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <input
        className={classes.search}
        ref={(element) => element?.focus({ preventScroll: true })}
        role="combobox"
        aria-expanded
        aria-controls="connect-choices"
        aria-label={t('canvas.connectSearch')}
        placeholder={t('canvas.connectSearch')}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        className={classes.list}
        role="listbox"
        id="connect-choices"
        aria-label={t('canvas.connectTargets')}
        ref={list}
      >
        {found.map((choice, index) => (
          <ConnectOption
            key={choice.key}
            choice={choice}
            active={index === active}
            onHover={() => setActive(index)}
            onChoose={() => connect(choice)}
          />
        ))}
        {found.length === 0 && <p className={classes.empty}>{t('canvas.connectNothing')}</p>}
      </div>
    </>
  );
}

function ConnectOption(props: { choice: Choice; active: boolean; onHover(): void; onChoose(): void }) {
  const { choice, active, onHover, onChoose } = props;
  const { definition } = cardData(choice.to);
  const Icon = iconNamed(definition?.icon ?? '');
  return (
    <button
      type="button"
      role="option"
      tabIndex={-1}
      aria-selected={active}
      className={classes.item}
      data-group={definition?.group}
      onMouseMove={onHover}
      onClick={onChoose}
    >
      <PortShape kind={choice.port.kind} />
      {choice.port.label} →
      <span className={classes.icon}>
        <Icon size={14} aria-hidden />
      </span>
      {choice.to.label}
    </button>
  );
}
