import { ActionIcon, Button, MultiSelect, Table } from '@mantine/core';
import { IconArrowUp, IconX } from '@tabler/icons-react';
import type { Column } from '../../../contract/types.ts';
import type { PanelContext } from '../../kit/panel/context.ts';
import { FieldOption } from '../../kit/panel/filter/FieldSelect.tsx';
import { toFields } from '../../kit/panel/LocalTableSelect.tsx';
import type { ChosenColumn } from '../config.ts';
import { toChosen } from './chosen.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

interface ColumnsProps {
  chosen: readonly ChosenColumn[];
  /** Of the table; null: not known. */
  columns: readonly Column[] | null;
  onChange(chosen: ChosenColumn[]): void;
  readOnly: boolean;
  context: PanelContext;
}

/** The columns that leave, in their order. */
export function Columns({ chosen, columns, onChange, readOnly, context }: ColumnsProps) {
  const problem = context.useIssues('columns')[0]?.message ?? null;
  const names = new Set(chosen.map(({ name }) => name));
  const rest = (columns ?? []).filter(({ name }) => !names.has(name));
  const fields = new Map(toFields(rest).map((field) => [field.name, field]));
  return (
    <section aria-label={texts.columns} data-path="columns">
      <div className={classes.heading}>
        {texts.columns}{' '}
        <span className={classes.aside}>{columns ? texts.columnsOf(chosen.length, columns.length) : ''}</span>
      </div>
      {chosen.length === 0 ? null : (
        <Table className={classes.table} withRowBorders verticalSpacing={2}>
          <Table.Tbody>
            {chosen.map((one, index) => (
              <Table.Tr key={one.name}>
                <Table.Td title={one.label}>
                  {one.name} <span className={classes.type}>{one.type}</span>
                  {columns && !columns.some(({ name }) => name === one.name) ? (
                    <span className={classes.mark}>{texts.gone}</span>
                  ) : null}
                </Table.Td>
                <Table.Td className={classes.rowActions}>
                  {readOnly ? null : (
                    <>
                      <ActionIcon
                        aria-label={texts.moveUp(one.name)}
                        disabled={index === 0}
                        onClick={() => onChange(raised(chosen, index))}
                        size={22}
                      >
                        <IconArrowUp size={13} />
                      </ActionIcon>
                      <ActionIcon
                        aria-label={texts.remove(one.name)}
                        onClick={() => onChange(chosen.filter((other) => other !== one))}
                        size={22}
                      >
                        <IconX size={13} />
                      </ActionIcon>
                    </>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {readOnly ? null : (
        <div className={classes.add}>
          <MultiSelect
            aria-label={texts.addColumn}
            placeholder={texts.addColumns}
            data={[...fields.keys()]}
            value={[]}
            onChange={(added) =>
              onChange([...chosen, ...rest.filter(({ name }) => added.includes(name)).map(toChosen)])
            }
            renderOption={({ option }) => <FieldOption name={option.value} field={fields.get(option.value)} />}
            error={problem}
            disabled={rest.length === 0}
            searchable
            limit={80}
          />
          <Button disabled={rest.length === 0} onClick={() => onChange([...chosen, ...rest.map(toChosen)])}>
            {texts.all}
          </Button>
        </div>
      )}
    </section>
  );
}

function raised<T>(items: readonly T[], index: number): T[] {
  const next = [...items];
  const [item] = next.splice(index, 1);
  if (item !== undefined) next.splice(index - 1, 0, item);
  return next;
}
