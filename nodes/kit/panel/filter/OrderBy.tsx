import { ActionIcon, Button, Select } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { FilterField } from './FieldSelect.tsx';
import { FieldSelect } from './FieldSelect.tsx';
import classes from './filter.module.css';
import { texts } from './texts.ts';

type Order = { field: string; direction: 'asc' | 'desc' }[];

/** Several fields, in list order. */
export function OrderBy({
  order,
  fields,
  fieldLabel,
  onChange,
  readOnly,
}: {
  order: Order;
  fields: readonly FilterField[];
  fieldLabel: string;
  onChange(order: Order): void;
  readOnly: boolean;
}) {
  const replace = (index: number, item: Order[number]): void =>
    onChange(order.map((old, other) => (other === index ? item : old)));
  return (
    <section aria-label={texts.order}>
      <div className={classes.heading}>{texts.order}</div>
      {order.map((item, index) => (
        <div key={index} className={classes.orderRow}>
          <FieldSelect
            fields={fields}
            value={item.field}
            onChange={(field) => replace(index, { ...item, field })}
            label={fieldLabel}
            readOnly={readOnly}
          />
          <Select
            aria-label={texts.direction}
            data={[
              { value: 'asc', label: texts.ascending },
              { value: 'desc', label: texts.descending },
            ]}
            value={item.direction}
            onChange={(direction) => replace(index, { ...item, direction: direction === 'desc' ? 'desc' : 'asc' })}
            readOnly={readOnly}
            allowDeselect={false}
          />
          {readOnly ? null : (
            <ActionIcon
              aria-label={texts.removeOrder}
              onClick={() => onChange(order.filter((_, other) => other !== index))}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
        </div>
      ))}
      {readOnly ? null : (
        <Button
          mt={6}
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...order, { field: '', direction: 'asc' }])}
        >
          {texts.addOrder}
        </Button>
      )}
    </section>
  );
}
