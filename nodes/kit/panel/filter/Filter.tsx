import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { FilterCondition, FilterGroup } from '../../../../contract/filter.ts';
import type { FilterScope } from './Condition.tsx';
import { Condition } from './Condition.tsx';
import classes from './filter.module.css';
import { texts } from './texts.ts';

interface FilterProps extends FilterScope {
  group: FilterGroup;
  onChange(group: FilterGroup, coalesce?: string): void;
  onRemove?: () => void;
}

/** One level of a filter: one operator, conditions, and groups within. */
export function Filter({ group, path, onChange, onRemove, ...rest }: FilterProps) {
  const { readOnly } = rest;
  const replace = (index: number, item: FilterGroup | FilterCondition, coalesce?: string): void =>
    onChange({ ...group, items: group.items.map((old, other) => (other === index ? item : old)) }, coalesce);
  const remove = (index: number): void =>
    onChange({ ...group, items: group.items.filter((_, other) => other !== index) });
  const add = (item: FilterGroup | FilterCondition): void => onChange({ ...group, items: [...group.items, item] });
  return (
    <div className={onRemove ? `${classes.level} ${classes.group}` : classes.level}>
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
        const shared = { ...rest, path: `${path}.items.${index}`, onRemove: () => remove(index) };
        const change = (next: FilterGroup | FilterCondition, coalesce?: string) => replace(index, next, coalesce);
        return item.kind === 'group' ? (
          <Filter key={index} {...shared} group={item} onChange={change} />
        ) : (
          <Condition key={index} {...shared} condition={item} onChange={change} />
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
      {onRemove || group.items.length === 0 ? null : <p className={classes.empty}>{rest.rules}</p>}
    </div>
  );
}
