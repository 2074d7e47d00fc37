import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { iconNamed } from '../catalog/icons.ts';
import { nodeCatalog } from '../catalog/nodes.ts';
import { rankNodes } from '../catalog/searchNodes.ts';
import { t } from '../texts/t.ts';
import classes from './FloatingList.module.css';

/** A search box over the node types; Enter or a click chooses. */
export function NodeChoices({ onChoose, onCancel }: { onChoose(type: string): void; onCancel(): void }) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const found = rankNodes(nodeCatalog, query);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else if (event.key === 'Escape') onCancel();
    else if (event.key === 'Enter') {
      const chosen = found[active];
      if (chosen) onChoose(chosen.type);
    } else return;
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
        aria-controls="node-choices"
        aria-activedescendant={found[active] ? `choice-${found[active].type}` : undefined}
        aria-label={t('palette.search')}
        placeholder={t('palette.search')}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className={classes.list} role="listbox" id="node-choices" aria-label={t('palette.label')} ref={list}>
        {found.map((definition, index) => {
          const Icon = iconNamed(definition.icon);
          return (
            <button
              key={definition.type}
              id={`choice-${definition.type}`}
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              className={classes.item}
              data-group={definition.group}
              title={definition.description}
              onMouseMove={() => setActive(index)}
              onClick={() => onChoose(definition.type)}
            >
              <span className={classes.icon}>
                <Icon size={14} aria-hidden />
              </span>
              {definition.label}
            </button>
          );
        })}
        {found.length === 0 && <p className={classes.empty}>{t('palette.nothing')}</p>}
      </div>
    </>
  );
}
