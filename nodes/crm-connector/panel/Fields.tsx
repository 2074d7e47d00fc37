import { ActionIcon, MultiSelect, Select, Table } from '@mantine/core';
import { IconArrowUp, IconX } from '@tabler/icons-react';
import type { RemoteObjectDetails } from '../../../contract/connector.ts';
import type { CrmConfig, ImportField } from '../config.ts';
import { idField, isByDate } from '../config.ts';
import type { Conversion } from '../conversions.ts';
import { conversions } from '../conversions.ts';
import { FieldOption } from './FieldSelect.tsx';
import classes from './Panel.module.css';
import { parentChoices, toImportField } from './remote.ts';
import { texts } from './texts.ts';

interface FieldsProps {
  config: CrmConfig;
  details: RemoteObjectDetails | null;
  onChange(fields: ImportField[]): void;
  readOnly: boolean;
  problem: string | null;
}

/** The chosen remote fields. The record id is read whether it is listed or not. */
export function Fields({ config, details, onChange, readOnly, problem }: FieldsProps) {
  const chosen = new Set(config.fields.map((field) => field.name));
  const parents = parentChoices(details);
  const labels = new Map([...(details?.fields ?? []), ...parents].map((field) => [field.name, field.label]));
  const untracked = untrackedFields(config.fields, details);
  const choices = [...labels.keys()].filter((name) => !chosen.has(name));
  const add = (names: string[]): void => {
    const found = names.flatMap((name) => {
      const field = details?.fields.find((candidate) => candidate.name === name);
      const parent = parents.find((candidate) => candidate.name === name);
      return field ? [toImportField(field)] : parent ? [parent] : [];
    });
    onChange([...config.fields, ...found]);
  };
  const convert = (name: string, conversion: Conversion): void =>
    onChange(config.fields.map((field) => (field.name === name ? { ...field, conversion } : field)));
  return (
    <section aria-label={texts.fields}>
      <div className={classes.heading}>
        {texts.fields}{' '}
        <span className={classes.aside}>
          {details ? texts.fieldsOf(config.fields.length, details.fields.length) : ''}
        </span>
      </div>
      <Table className={classes.table} withRowBorders verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.remoteField}</Table.Th>
            <Table.Th>{texts.conversion}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {chosen.has(idField) ? null : (
            <Table.Tr>
              <Table.Td>
                {idField} <span className={classes.type}>id</span>
              </Table.Td>
              <Table.Td className={classes.always}>{texts.alwaysRead}</Table.Td>
              <Table.Td />
            </Table.Tr>
          )}
          {config.fields.map((field, index) => (
            <Table.Tr key={field.name}>
              <Table.Td title={field.label}>
                {field.name} <span className={classes.type}>{field.type}</span>
                {untracked.has(field.name) ? <span className={classes.mark}>{untracked.get(field.name)}</span> : null}
              </Table.Td>
              <Table.Td>
                <ConversionChoice
                  field={field}
                  onChange={(conversion) => convert(field.name, conversion)}
                  readOnly={readOnly}
                />
              </Table.Td>
              <Table.Td className={classes.rowActions}>
                {readOnly ? null : (
                  <>
                    <ActionIcon
                      aria-label={texts.moveUp(field.name)}
                      disabled={index === 0}
                      onClick={() => onChange(raised(config.fields, index))}
                      size={22}
                    >
                      <IconArrowUp size={13} />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={texts.removeField(field.name)}
                      onClick={() => onChange(config.fields.filter((other) => other !== field))}
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
      {untracked.size > 0 && isByDate(config) ? (
        <p className={classes.empty}>{texts.notTracked([...untracked.keys()].join(', '))}</p>
      ) : null}
      {readOnly ? null : (
        <MultiSelect
          aria-label={texts.addField}
          placeholder={texts.addFields}
          data={choices}
          value={[]}
          onChange={add}
          disabled={!details}
          renderOption={({ option }) => (
            <FieldOption name={option.value} field={details?.fields.find((field) => field.name === option.value)} />
          )}
          filter={({ options, search }) =>
            options.filter(
              (option) =>
                'value' in option &&
                `${option.value} ${labels.get(option.value) ?? ''}`.toLowerCase().includes(search.trim().toLowerCase()),
            )
          }
          error={problem}
          searchable
          clearSearchOnChange={false}
          limit={80}
          mt={6}
        />
      )}
    </section>
  );
}

/** Chosen fields whose changes do not move the record's own date, by what they are. */
function untrackedFields(fields: readonly ImportField[], details: RemoteObjectDetails | null): Map<string, string> {
  const formulas = new Set(details?.fields.filter((field) => field.calculated).map((field) => field.name));
  return new Map(
    fields.flatMap(({ name }): [string, string][] => {
      if (name.includes('.')) return [[name, texts.related]];
      return formulas.has(name) ? [[name, texts.formula]] : [];
    }),
  );
}

function ConversionChoice({
  field,
  onChange,
  readOnly,
}: {
  field: ImportField;
  onChange(conversion: Conversion): void;
  readOnly: boolean;
}) {
  const offered = field.type === 'datetime' ? conversions : (['default', 'copy'] as const);
  return (
    <Select
      variant="unstyled"
      size="xs"
      aria-label={`${texts.conversion}: ${field.name}`}
      data={offered.map((value) => ({ value, label: texts.conversions[value] }))}
      value={field.conversion}
      onChange={(next) => next !== null && onChange(next as Conversion)}
      readOnly={readOnly}
      allowDeselect={false}
    />
  );
}

function raised<T>(items: readonly T[], index: number): T[] {
  const next = [...items];
  const [item] = next.splice(index, 1);
  if (item !== undefined) next.splice(index - 1, 0, item);
  return next;
}
