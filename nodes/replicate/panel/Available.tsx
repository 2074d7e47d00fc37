import { Button, Checkbox, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { RemoteObject } from '../../../contract/connector.ts';
import type { ReplicatedObject } from '../config.ts';
import { whyNot } from '../objects.ts';
import { groupsOf, searched, withObjects } from './choices.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

interface AvailableProps {
  objects: readonly RemoteObject[];
  chosen: readonly ReplicatedObject[];
  onChange(objects: ReplicatedObject[]): void;
}

/** Lists of a large organisation have thousands of objects: these are drawn, the others are searched for. */
const mostShown = 60;

/** What the organisation has: one by one, by search, or many at once. What cannot be replicated says why. */
export function Available({ objects, chosen, onChange }: AvailableProps) {
  const [words, setWords] = useState('');
  const names = new Set(chosen.map(({ name }) => name));
  const found = searched(objects, words);
  const shown = found.slice(0, mostShown);
  const fit = withObjects(chosen, found).length - chosen.length;
  const toggle = (object: RemoteObject, on: boolean): void =>
    onChange(on ? withObjects(chosen, [object]) : chosen.filter(({ name }) => name !== object.name));
  return (
    <div className={classes.available}>
      <TextInput
        aria-label={texts.search}
        placeholder={texts.search}
        leftSection={<IconSearch size={14} />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <div className={classes.groups}>
        {words.trim() !== '' && fit > 0 ? (
          <Button size="compact-xs" variant="default" onClick={() => onChange(withObjects(chosen, found))}>
            {texts.addFound(fit)}
          </Button>
        ) : (
          groupsOf(objects).map((group) => (
            <Button
              key={group.label}
              size="compact-xs"
              variant="default"
              onClick={() => onChange(withObjects(chosen, group.objects))}
            >
              {group.label}
            </Button>
          ))
        )}
        {chosen.length > 0 ? (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange([])}>
            {texts.takeAway}
          </Button>
        ) : null}
      </div>
      <ul className={classes.list}>
        {shown.map((object) => {
          const reason = whyNot(object);
          return (
            <li key={object.name}>
              <Checkbox
                size="xs"
                label={object.label === object.name ? object.name : `${object.label} · ${object.name}`}
                description={reason === null ? undefined : texts.cannot(reason)}
                checked={names.has(object.name)}
                disabled={reason !== null && !names.has(object.name)}
                onChange={(event) => toggle(object, event.currentTarget.checked)}
              />
            </li>
          );
        })}
      </ul>
      <p className={classes.hint}>
        {found.length === 0 ? texts.nothingFound : texts.found(shown.length, found.length)}
      </p>
    </div>
  );
}
