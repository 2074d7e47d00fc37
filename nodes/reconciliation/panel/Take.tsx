import { ActionIcon, MultiSelect, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { PanelContext } from '../../kit/panel/context.ts';
import { FieldOption } from '../../kit/panel/filter/FieldSelect.tsx';
import type { TakenColumn } from '../definition.ts';
import type { Sides } from './Keys.tsx';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

interface TakeProps {
  take: readonly TakenColumn[];
  sides: Sides;
  onChange(take: TakenColumn[], coalesce?: string): void;
  readOnly: boolean;
  context: PanelContext;
}

/** Columns of the match, each perhaps under another name. */
export function Take({ take, sides, onChange, readOnly, context }: TakeProps) {
  const fields = new Map(sides.other.map((field) => [field.name, field]));
  const own = new Set(sides.own.map(({ name }) => name));
  const add = (names: readonly string[]): void => {
    const added = names.flatMap((name): TakenColumn[] => {
      const field = fields.get(name);
      const as = own.has(name) ? `match.${name}` : '';
      return field ? [{ column: name, label: field.label, type: field.type, as }] : [];
    });
    onChange([...take, ...added]);
  };
  return (
    <section aria-label={texts.take} data-path="take">
      <div className={classes.heading}>{texts.take}</div>
      <p className={classes.hint}>{texts.takeHint}</p>
      {take.map((taken, index) => (
        <Taken
          key={index}
          index={index}
          taken={taken}
          onChange={(as) =>
            onChange(
              take.map((old, place) => (place === index ? { ...old, as } : old)),
              `take.${index}`,
            )
          }
          onRemove={() => onChange(take.filter((_, place) => place !== index))}
          readOnly={readOnly}
          context={context}
        />
      ))}
      {readOnly ? null : (
        <MultiSelect
          mt={8}
          aria-label={texts.addTaken}
          placeholder={texts.addColumns}
          data={[...fields.keys()].filter((name) => !take.some(({ column }) => column === name))}
          value={[]}
          onChange={add}
          renderOption={({ option }) => <FieldOption name={option.value} field={fields.get(option.value)} />}
          disabled={fields.size === 0}
          searchable
          limit={80}
        />
      )}
    </section>
  );
}

interface TakenProps {
  index: number;
  taken: TakenColumn;
  onChange(as: string): void;
  onRemove(): void;
  readOnly: boolean;
  context: PanelContext;
}

function Taken({ index, taken, onChange, onRemove, readOnly, context }: TakenProps) {
  const problem = context.useIssues(`take.${index}`)[0]?.message ?? null;
  return (
    <div className={classes.taken} data-path={`take.${index}`}>
      <span>
        {taken.column} <span className={classes.type}>{taken.type}</span>
      </span>
      <TextInput
        aria-label={texts.as(taken.column)}
        placeholder={taken.column}
        value={taken.as}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={problem}
        readOnly={readOnly}
      />
      {readOnly ? null : (
        <ActionIcon aria-label={texts.removeTaken(taken.column)} onClick={onRemove}>
          <IconX size={14} />
        </ActionIcon>
      )}
    </div>
  );
}
