import { ActionIcon, Button, Select } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { normalisationChoices } from '../../kit/keys.ts';
import type { PanelContext } from '../../kit/panel/context.ts';
import type { FilterField } from '../../kit/panel/filter/FieldSelect.tsx';
import { FieldSelect } from '../../kit/panel/filter/FieldSelect.tsx';
import type { ReconciliationKey } from '../definition.ts';
import { otherOf } from '../definition.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

export interface Sides {
  /** Columns of the population. */
  own: readonly FilterField[];
  /** Of what it is compared with. */
  other: readonly FilterField[];
}

interface KeysProps {
  keys: readonly ReconciliationKey[];
  sides: Sides;
  onChange(keys: ReconciliationKey[]): void;
  readOnly: boolean;
  context: PanelContext;
}

export function Keys({ keys, sides, onChange, readOnly, context }: KeysProps) {
  const problem = context.useIssues('keys').find((issue) => issue.path === 'keys')?.message;
  return (
    <section aria-label={texts.keys} data-path="keys">
      <div className={classes.heading}>{texts.keys}</div>
      <p className={classes.hint}>{texts.keysHint}</p>
      {problem ? <p className={classes.problem}>{problem}</p> : null}
      {keys.map((key, index) => (
        <Key
          key={index}
          index={index}
          value={key}
          sides={sides}
          onChange={(next) => onChange(keys.map((old, place) => (place === index ? next : old)))}
          onRemove={() => onChange(keys.filter((_, place) => place !== index))}
          readOnly={readOnly}
          context={context}
        />
      ))}
      {readOnly ? null : (
        <Button
          mt={8}
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...keys, { column: '', other: '', normalise: 'none' }])}
        >
          {texts.addKey}
        </Button>
      )}
    </section>
  );
}

interface KeyProps {
  index: number;
  value: ReconciliationKey;
  sides: Sides;
  onChange(key: ReconciliationKey): void;
  onRemove(): void;
  readOnly: boolean;
  context: PanelContext;
}

/** A column of each side, and how their values are compared. */
function Key({ index, value, sides, onChange, onRemove, readOnly, context }: KeyProps) {
  const path = `keys.${index}`;
  const ownProblem = context.useIssues(`${path}.column`)[0]?.message ?? null;
  const otherProblem = context.useIssues(`${path}.other`)[0]?.message ?? null;
  return (
    <section className={classes.key} aria-label={texts.key(index)} data-path={path}>
      <FieldSelect
        fields={sides.own}
        value={value.column}
        onChange={(column) => onChange({ ...value, column, other: value.other || sameName(column, sides.other) })}
        label={texts.own}
        problem={ownProblem}
        readOnly={readOnly}
      />
      <FieldSelect
        fields={sides.other}
        value={otherOf(value)}
        onChange={(other) => onChange({ ...value, other })}
        label={texts.other}
        problem={otherProblem}
        readOnly={readOnly}
      />
      {readOnly ? null : (
        <ActionIcon aria-label={texts.removeKey(index)} onClick={onRemove}>
          <IconX size={14} />
        </ActionIcon>
      )}
      <Select
        className={classes.compare}
        aria-label={texts.compare}
        data={normalisationChoices.map(({ value: how, label }) => ({ value: how, label }))}
        value={value.normalise}
        onChange={(next) => next !== null && onChange({ ...value, normalise: next as ReconciliationKey['normalise'] })}
        readOnly={readOnly}
        allowDeselect={false}
      />
    </section>
  );
}

const sameName = (name: string, fields: readonly FilterField[]): string =>
  fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.name ?? '';
