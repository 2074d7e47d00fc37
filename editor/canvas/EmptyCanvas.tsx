import { Button } from '@mantine/core';
import { iconNamed } from '../catalog/icons.ts';
import { nodeCatalog } from '../catalog/nodes.ts';
import { t } from '../texts/t.ts';
import { addNode } from './commands.ts';
import { useEditing } from './EditingContext.ts';
import classes from './EmptyCanvas.module.css';
import { useViewport } from './useViewport.ts';

/** Nothing is drawn yet: how to begin. */
export function EmptyCanvas() {
  const editing = useEditing();
  const { centre } = useViewport();
  const beginnings = [...nodeCatalog.values()].filter((definition) => definition.starts !== null);
  return (
    <div className={classes.empty}>
      <h2>{t('canvas.empty')}</h2>
      {editing && <p>{t('canvas.emptyHint')}</p>}
      {editing && (
        <div className={classes.choices}>
          {beginnings.map((definition) => {
            const Icon = iconNamed(definition.icon);
            return (
              <Button
                key={definition.type}
                leftSection={<Icon size={15} aria-hidden />}
                title={definition.description}
                onClick={() => addNode(definition.type, 'behind', centre())}
              >
                {definition.label}
              </Button>
            );
          })}
        </div>
      )}
    </div>
  );
}
