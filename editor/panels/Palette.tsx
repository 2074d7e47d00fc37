import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, memo, useRef, useState } from 'react';
import type { NodeDefinition } from '../../contract/node.ts';
import { nodeMime } from '../canvas/Canvas.tsx';
import { addNode } from '../canvas/commands.ts';
import { focusCanvas } from '../canvas/useCanvasKeys.ts';
import { useViewport } from '../canvas/useViewport.ts';
import { iconNamed } from '../catalog/icons.ts';
import { nodeCatalog } from '../catalog/nodes.ts';
import { rankNodes, searchNodes } from '../catalog/searchNodes.ts';
import { t } from '../texts/t.ts';
import classes from './Palette.module.css';

type Definition = NodeDefinition<Record<string, unknown>>;
/** Found by the "/" key. */
export const paletteSearchId = 'palette-search';

/** Node types by group. Drag one onto the canvas, or Enter or a click adds it behind the selected node. */
export const Palette = memo(function Palette() {
  const [query, setQuery] = useState('');
  const { centre } = useViewport();
  const list = useRef<HTMLDivElement>(null);
  const add = (type: string) => {
    addNode(type, 'behind', centre());
    setQuery('');
  };
  const onSearchKey = (event: KeyboardEvent<HTMLInputElement>) => {
    const [first] = rankNodes(nodeCatalog, query);
    if (event.key === 'Enter' && first) add(first.type);
    else if (event.key === 'Escape') leaveSearch(event.currentTarget, () => setQuery(''));
    else if (event.key === 'ArrowDown') focusItem(list.current, 0);
    else return;
    event.preventDefault();
  };
  return (
    <aside className={classes.palette} aria-label={t('palette.label')}>
      <div className={classes.search}>
        <IconSearch size={14} aria-hidden />
        <input
          id={paletteSearchId}
          type="search"
          placeholder={t('palette.search')}
          aria-label={t('palette.search')}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={onSearchKey}
        />
        <kbd>/</kbd>
      </div>
      <div className={classes.groups} ref={list}>
        {searchNodes(nodeCatalog, query).map(({ group, definitions }) => (
          <section key={group} aria-label={t(`group.${group}`)}>
            <h2 className={classes.title}>{t(`group.${group}`)}</h2>
            {definitions.map((definition) => (
              <PaletteItem
                key={definition.type}
                definition={definition}
                onAdd={() => add(definition.type)}
                onKeyDown={(event) => walkItems(event, list.current)}
              />
            ))}
          </section>
        ))}
        {rankNodes(nodeCatalog, query).length === 0 && <p className={classes.nothing}>{t('palette.nothing')}</p>}
      </div>
    </aside>
  );
});

interface PaletteItemProps {
  definition: Definition;
  onAdd(): void;
  onKeyDown(event: KeyboardEvent): void;
}

function PaletteItem({ definition, onAdd, onKeyDown }: PaletteItemProps) {
  const Icon = iconNamed(definition.icon);
  return (
    <button
      type="button"
      draggable
      className={classes.item}
      data-group={definition.group}
      data-palette-item={definition.type}
      aria-label={t('palette.add', { label: definition.label })}
      title={`${definition.description} ${t('palette.hint')}`}
      onDragStart={(event) => {
        event.dataTransfer.setData(nodeMime, definition.type);
        event.dataTransfer.effectAllowed = 'copy';
      }}
      onClick={onAdd}
      onKeyDown={onKeyDown}
    >
      <span className={classes.icon}>
        <Icon size={14} stroke={1.9} aria-hidden />
      </span>
      {definition.label}
    </button>
  );
}

function leaveSearch(input: HTMLInputElement, clear: () => void): void {
  if (input.value === '') focusCanvas();
  else clear();
}

const itemsOf = (list: HTMLElement | null): HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>('[data-palette-item]') ?? []),
];

function focusItem(list: HTMLElement | null, index: number): void {
  itemsOf(list).at(index)?.focus();
}

function walkItems(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const items = itemsOf(list);
  const index = items.indexOf(document.activeElement as HTMLElement);
  if (!step || index < 0) return;
  event.preventDefault();
  if (index + step < 0) document.getElementById(paletteSearchId)?.focus();
  else focusItem(list, Math.min(index + step, items.length - 1));
}
