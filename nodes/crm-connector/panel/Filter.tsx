import { ActionIcon, Button, SegmentedControl, Select } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { RemoteObjectDetails } from '../../../contract/connector.ts';
import type { FilterCondition, FilterGroup } from '../../../contract/filter.ts';
import { filterOperators, needsValue } from '../../../contract/filter.ts';
import { CodeField } from '../../kit/panel/CodeField.tsx';
import type { PanelContext } from '../../kit/panel/context.ts';
import { FieldSelect } from './FieldSelect.tsx';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

export interface FilterProps {
  group: FilterGroup;
  path: string;
  details: RemoteObjectDetails | null;
  onChange(group: FilterGroup, coalesce?: string): void;
  onRemove?: () => void;
  readOnly: boolean;
  context: PanelContext;
}

/** One level of a filter: one operator, conditions, and groups within. */
export function Filter({ group, path, details, onChange, onRemove, readOnly, context }: FilterProps) {
  const replace = (index: number, item: FilterGroup | FilterCondition, coalesce?: string): void =>
    onChange({ ...group, items: group.items.map((old, other) => (other === index ? item : old)) }, coalesce);
  const remove = (index: number): void =>
    onChange({ ...group, items: group.items.filter((_, other) => other !== index) });
  const add = (item: FilterGroup | FilterCondition): void => onChange({ ...group, items: [...group.items, item] });
  return (
    <div className={onRemove ? classes.group : undefined}>
      <div className={classes.groupHead}>
        <SegmentedControl
          data={[
            { value: 'and', label: texts.allOf },
            { value: 'or', label: texts.anyOf },
          ]}
          value={group.operator}
          onChange={(operator) => onChange({ ...group, operator: operator === 'or' ? 'or' : 'and' })}
          readOnly={readOnly}
          aria-label={texts.filter}
        />
        {onRemove && !readOnly ? (
          <ActionIcon aria-label={texts.removeGroup} onClick={onRemove}>
            <IconX size={14} />
          </ActionIcon>
        ) : null}
      </div>
      {group.items.length === 0 && !onRemove ? <p className={classes.empty}>{texts.noFilter}</p> : null}
      {group.items.map((item, index) => {
        const here = `${path}.items.${index}`;
        return item.kind === 'group' ? (
          <Filter
            key={index}
            group={item}
            path={here}
            details={details}
            onChange={(next, coalesce) => replace(index, next, coalesce)}
            onRemove={() => remove(index)}
            readOnly={readOnly}
            context={context}
          />
        ) : (
          <Condition
            key={index}
            condition={item}
            path={here}
            details={details}
            onChange={(next, coalesce) => replace(index, next, coalesce)}
            onRemove={() => remove(index)}
            readOnly={readOnly}
            context={context}
          />
        );
      })}
      {readOnly ? null : (
        <div className={classes.actions}>
          <Button
            leftSection={<IconPlus size={14} />}
            onClick={() => add({ kind: 'condition', field: '', operator: 'eq', value: '' })}
          >
            {texts.addCondition}
          </Button>
          <Button
            leftSection={<IconPlus size={14} />}
            onClick={() => add({ kind: 'group', operator: group.operator === 'and' ? 'or' : 'and', items: [] })}
          >
            {texts.addGroup}
          </Button>
        </div>
      )}
    </div>
  );
}

interface ConditionProps extends Omit<FilterProps, 'group' | 'onChange' | 'onRemove'> {
  condition: FilterCondition;
  onChange(condition: FilterCondition, coalesce?: string): void;
  onRemove(): void;
}

function Condition({ condition, path, details, onChange, onRemove, readOnly, context }: ConditionProps) {
  const fieldProblem = context.useIssues(`${path}.field`)[0]?.message ?? null;
  const valueProblem = context.useIssues(`${path}.value`)[0]?.message ?? null;
  const field = details?.fields.find((candidate) => candidate.name === condition.field);
  return (
    <div className={classes.condition} data-bare={needsValue(condition) ? undefined : true}>
      <FieldSelect
        fields={(details?.fields ?? []).filter((candidate) => candidate.filterable)}
        value={condition.field}
        onChange={(name) => onChange({ ...condition, field: name })}
        label={texts.field}
        problem={fieldProblem}
        readOnly={readOnly}
      />
      <Select
        aria-label={texts.operator}
        data={filterOperators.map((operator) => ({ value: operator, label: texts.operators[operator] }))}
        value={condition.operator}
        onChange={(next) => next !== null && onChange({ ...condition, operator: next as FilterCondition['operator'] })}
        readOnly={readOnly}
        rightSectionWidth={22}
        allowDeselect={false}
      />
      {needsValue(condition) ? (
        <CodeField
          label={texts.value}
          hideLabel
          value={condition.value ?? ''}
          onChange={(value) => onChange({ ...condition, value }, path)}
          problem={valueProblem}
          placeholder={valueExample(field)}
          readOnly={readOnly}
        />
      ) : null}
      {readOnly ? null : (
        <ActionIcon aria-label={texts.removeCondition} onClick={onRemove}>
          <IconX size={14} />
        </ActionIcon>
      )}
    </div>
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

function valueExample(field: RemoteObjectDetails['fields'][number] | undefined): string {
  const first = field?.values?.[0]?.value;
  return first === undefined ? (examples[field?.type ?? 'text'] ?? '') : JSON.stringify(first);
}
