import { ActionIcon, Button, Input } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { type ComponentType, useLayoutEffect, useRef } from 'react';
import type { FormField } from '../../../contract/form.ts';
import type { FieldProps, FieldsProps } from './field.ts';
import classes from './panel.module.css';
import { texts } from './texts.ts';

/** A list of small forms, drawn by `Fields`. Each button of an item says which item it acts on. */
export function ListField({
  field,
  path,
  value,
  onChange,
  problem,
  readOnly,
  context,
  Fields,
}: FieldProps<'list'> & { Fields: ComponentType<FieldsProps> }) {
  const items = Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
  const move = (from: number, to: number): void => onChange(moved(items, from, to));
  const list = useRef<HTMLDivElement>(null);
  const added = useRef(false);
  // Whoever adds an item goes on in it.
  useLayoutEffect(() => {
    if (!added.current) return;
    added.current = false;
    list.current?.querySelector<HTMLElement>(`section:nth-of-type(${items.length}) :is(${writable})`)?.focus();
  }, [items.length]);
  return (
    <Input.Wrapper label={field.label} description={field.hint} error={problem} labelElement="div">
      <div className={classes.list} ref={list}>
        {items.map((item, index) => {
          const name = texts.item(itemName(field), index);
          return (
            <section key={index} className={classes.item} aria-label={name}>
              {readOnly ? null : (
                <div className={classes.itemHead}>
                  <span>{name}</span>
                  <ActionIcon
                    aria-label={`${texts.moveUp}: ${name}`}
                    disabled={index === 0}
                    onClick={() => move(index, index - 1)}
                  >
                    <IconArrowUp size={14} />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={`${texts.moveDown}: ${name}`}
                    disabled={index === items.length - 1}
                    onClick={() => move(index, index + 1)}
                  >
                    <IconArrowDown size={14} />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={texts.remove(name)}
                    onClick={() => onChange(items.filter((_, other) => other !== index))}
                  >
                    <IconTrash size={14} />
                  </ActionIcon>
                </div>
              )}
              <Fields
                fields={index === 0 ? field.item : withoutHints(field.item)}
                config={item}
                base={`${path}.${index}`}
                onChange={(next, typing) => onChange(replaced(items, index, next), typing)}
                readOnly={readOnly}
                context={context}
              />
            </section>
          );
        })}
        {readOnly ? null : (
          <div>
            <Button
              leftSection={<IconPlus size={14} />}
              onClick={() => {
                added.current = true;
                onChange([...items, structuredClone(field.initial)]);
              }}
            >
              {field.addLabel}
            </Button>
          </div>
        )}
      </div>
    </Input.Wrapper>
  );
}

const writable = 'input, textarea, [contenteditable="true"]';

/** What the first item says of its fields holds for the others. */
const withoutHints = (fields: readonly FormField[]): FormField[] =>
  fields.map(({ hint: _, ...field }) => field as FormField);

const replaced = <T,>(items: readonly T[], index: number, next: T): T[] =>
  items.map((item, other) => (other === index ? next : item));

function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, to), items[from] as T, ...rest.slice(to)];
}

/** "Add a key column" → "Key column". The label of the list can be a whole sentence. */
function itemName({ addLabel }: FieldProps<'list'>['field']): string {
  const name = addLabel.replace(/^Add (an? )?/, '');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
