import { ActionIcon, Menu, ScrollArea, Select } from '@mantine/core';
import { IconChevronDown, IconX } from '@tabler/icons-react';
import type { ErrorReply } from '../../../../contract/errors.ts';
import type { FilterCondition } from '../../../../contract/filter.ts';
import { filterOperators, needsValue, operatorsOf, refusedPart } from '../../../../contract/filter.ts';
import { CodeField } from '../CodeField.tsx';
import type { PanelContext } from '../context.ts';
import type { FilterField } from './FieldSelect.tsx';
import { FieldSelect } from './FieldSelect.tsx';
import classes from './filter.module.css';
import { texts } from './texts.ts';

/** What every level of a filter is given. */
export interface FilterScope {
  path: string;
  fields: readonly FilterField[];
  /** What they are called here. */
  fieldLabel: string;
  /** What a person has to know of this filter, in a few sentences. */
  rules: string;
  /** What the last test of this very filter was refused for. */
  refused: ErrorReply | null;
  readOnly: boolean;
  context: PanelContext;
}

interface ConditionProps extends FilterScope {
  condition: FilterCondition;
  onChange(condition: FilterCondition, coalesce?: string): void;
  onRemove(): void;
}

/** A plain field, an operator that fits its type, and JavaScript for the value. */
export function Condition(props: ConditionProps) {
  const { condition, path, fields, fieldLabel, refused, onChange, onRemove, readOnly, context } = props;
  const fieldIssue = context.useIssues(`${path}.field`)[0]?.message ?? null;
  const valueIssue = context.useIssues(`${path}.value`)[0]?.message ?? null;
  const field = fields.find((candidate) => candidate.name === condition.field);
  const wrong = refused ? refusedPart(refused, condition) : null;
  return (
    <div className={classes.condition} data-bare={needsValue(condition) ? undefined : true}>
      <FieldSelect
        fields={fields}
        value={condition.field}
        onChange={(name) => onChange({ ...condition, field: name })}
        label={fieldLabel}
        problem={fieldIssue ?? (wrong === 'field' ? true : null)}
        readOnly={readOnly}
      />
      <Select
        aria-label={texts.operator}
        data={(field ? operatorsOf(field.type) : filterOperators).map((operator) => ({
          value: operator,
          label: texts.operators[operator],
        }))}
        value={condition.operator}
        onChange={(next) => next !== null && onChange({ ...condition, operator: next as FilterCondition['operator'] })}
        error={wrong === 'operator'}
        readOnly={readOnly}
        rightSectionWidth={22}
        allowDeselect={false}
      />
      {needsValue(condition) ? (
        <div className={classes.value} data-wrong={wrong === 'value' || undefined}>
          <CodeField
            label={texts.value}
            hideLabel
            value={condition.value ?? ''}
            onChange={(value) => onChange({ ...condition, value }, path)}
            problem={valueIssue}
            placeholder={valueExample(field)}
            readOnly={readOnly}
          />
          {readOnly ? null : (
            <KnownValues field={field} onChoose={(value) => onChange({ ...condition, value: JSON.stringify(value) })} />
          )}
        </div>
      ) : null}
      {readOnly ? null : (
        <ActionIcon aria-label={texts.removeCondition} className={classes.removeCondition} onClick={onRemove}>
          <IconX size={14} />
        </ActionIcon>
      )}
      {wrong ? (
        <p className={classes.refused}>
          {refused?.message} {refused?.action}
        </p>
      ) : null}
    </div>
  );
}

/** The values of a picklist by their labels, for those who do not know them by heart. */
function KnownValues({ field, onChoose }: { field: FilterField | undefined; onChoose(value: string | boolean): void }) {
  const values: { value: string | boolean; label: string }[] =
    field?.type === 'boolean'
      ? [true, false].map((value) => ({ value, label: String(value) }))
      : (field?.values ?? []).map(({ value, label }) => ({ value, label }));
  if (values.length === 0) return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={texts.chooseValue(field?.name ?? '')} className={classes.valueMenu} size={24}>
          <IconChevronDown size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={280} type="auto">
          {values.map(({ value, label }) => (
            <Menu.Item key={String(value)} onClick={() => onChoose(value)}>
              {label}
              {label === String(value) ? null : <span className={classes.type}>{String(value)}</span>}
            </Menu.Item>
          ))}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}

const examples: Record<string, string> = {
  text: '"Berlin"',
  integer: '500',
  number: '500',
  decimal: '500',
  boolean: 'true',
  date: '"2026-01-31"',
  datetime: 'new Date("2026-01-31")',
  json: '""',
};

function valueExample(field: FilterField | undefined): string {
  const first = field?.values?.[0]?.value;
  return first === undefined ? (examples[field?.type ?? 'text'] ?? '') : JSON.stringify(first);
}
