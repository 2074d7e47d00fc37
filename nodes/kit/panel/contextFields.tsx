/** Fields that ask the editor what there is: columns, inputs, zones, connections, tables. */
import { ActionIcon, Anchor, Autocomplete, MultiSelect, Select, Tooltip } from '@mantine/core';
import { IconArrowUpRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Column } from '../../../contract/types.ts';
import type { FieldProps } from './field.ts';
import { listOf, textOf } from './field.ts';
import classes from './panel.module.css';
import { texts } from './texts.ts';

/** Columns that arrive, each once; `input` limits them to one inbound transition. */
function arriving(columns: { fromNode: string; columns: Column[] | null }[], input?: string): Column[] {
  const from = columns.filter((one) => !input || one.fromNode === input).flatMap((one) => one.columns ?? []);
  return from.filter((column, index) => from.findIndex((other) => other.name === column.name) === index);
}

function useChoices(props: FieldProps<'column' | 'columns'>): {
  choices: { value: string; label: string }[];
  types: Map<string, string>;
} {
  const { field, context } = props;
  const known = arriving(context.useColumns(), field.input).filter(
    (column) => !field.types || field.types.includes(column.type),
  );
  const chosen = [
    ...listOf(props.value),
    ...(typeof props.value === 'string' && props.value !== '' ? [props.value] : []),
  ];
  const gone = chosen.filter((name) => !known.some((column) => column.name === name));
  return {
    choices: [
      ...known.map((column) => ({ value: column.name, label: column.label || column.name })),
      ...gone.map((name) => ({ value: name, label: texts.gone(name) })),
    ],
    types: new Map(known.map((column) => [column.name, column.type])),
  };
}

function TypedOption({ label, type }: { label: string; type: string | undefined }) {
  return (
    <span className={classes.option}>
      {label}
      <span className={classes.type}>{type}</span>
    </span>
  );
}

export function ColumnField(props: FieldProps<'column'>) {
  const { field, value, onChange, problem, readOnly } = props;
  const { choices, types } = useChoices(props);
  return (
    <Select
      label={field.label}
      description={field.hint}
      placeholder={texts.choose}
      data={choices}
      value={textOf(value) || null}
      onChange={(next) => onChange(next ?? '')}
      renderOption={({ option }) => <TypedOption label={option.label} type={types.get(option.value)} />}
      nothingFoundMessage={texts.noColumns}
      error={problem}
      readOnly={readOnly}
      searchable
      clearable={field.optional ?? false}
    />
  );
}

export function ColumnsField(props: FieldProps<'columns'>) {
  const { field, value, onChange, problem, readOnly } = props;
  const { choices, types } = useChoices(props);
  return (
    <MultiSelect
      label={field.label}
      description={field.hint}
      placeholder={listOf(value).length === 0 ? texts.choose : ''}
      data={choices}
      value={listOf(value)}
      onChange={(next) => onChange(next)}
      renderOption={({ option }) => <TypedOption label={option.label} type={types.get(option.value)} />}
      nothingFoundMessage={texts.noColumns}
      error={problem}
      readOnly={readOnly}
      searchable
      hidePickedOptions
    />
  );
}

export function InputField({ field, value, onChange, problem, readOnly, context }: FieldProps<'input'>) {
  const inputs = context.useColumns();
  const ids = [...new Set(inputs.map((input) => input.fromNode))];
  const names = context.useNodeNames();
  return (
    <Select
      label={field.label}
      description={field.hint}
      placeholder={texts.choose}
      data={ids.map((id) => ({ value: id, label: texts.fromInput(names.get(id) ?? id) }))}
      value={textOf(value) || null}
      onChange={(next) => onChange(next ?? '')}
      error={problem}
      readOnly={readOnly}
    />
  );
}

export function BehindField({ field, value, onChange, problem, readOnly, context }: FieldProps<'behind'>) {
  const names = context.useNodesBehind();
  const chosen = textOf(value);
  const data = [...names].map(([id, label]) => ({ value: id, label }));
  return (
    <Select
      label={field.label}
      description={field.hint}
      placeholder={texts.choose}
      data={chosen === '' || names.has(chosen) ? data : [...data, { value: chosen, label: texts.gone(chosen) }]}
      value={chosen || null}
      onChange={(next) => onChange(next ?? '')}
      nothingFoundMessage={texts.nothingBehind}
      error={problem}
      readOnly={readOnly}
      clearable={field.optional ?? false}
    />
  );
}

const zones = Intl.supportedValuesOf('timeZone');

export function TimeZoneField({ field, value, onChange, problem, readOnly, context }: FieldProps<'timeZone'>) {
  return (
    <Select
      label={field.label}
      description={field.hint}
      placeholder={texts.sameAsWorkflow(context.workflow.timeZone)}
      data={['UTC', ...zones.filter((zone) => zone !== 'UTC')]}
      value={textOf(value) || null}
      onChange={(next) => onChange(next ?? '')}
      error={problem}
      readOnly={readOnly}
      limit={60}
      searchable
      clearable
    />
  );
}

export function ConnectionField({ field, value, onChange, problem, readOnly, context }: FieldProps<'connection'>) {
  const { data, loading, error } = context.useConnections(field.capability);
  const connections = data ?? [];
  const verified = new Map(connections.map((connection) => [connection.name, connection.verified]));
  const current = verified.get(textOf(value));
  return (
    <Select
      label={field.label}
      description={
        data && connections.length === 0 ? (
          <>
            {texts.noConnections}{' '}
            <Anchor component="button" type="button" inherit onClick={() => context.openConnections()}>
              {texts.createConnection}
            </Anchor>
          </>
        ) : (
          field.hint
        )
      }
      placeholder={loading ? texts.loading : texts.chooseConnection}
      data={connections.map((connection) => ({ value: connection.name, label: connection.label }))}
      value={textOf(value) || null}
      onChange={(next) => onChange(next ?? '')}
      error={problem ?? error?.message}
      readOnly={readOnly}
      rightSection={current == null ? null : <Verified ok={current} />}
      rightSectionWidth={current == null ? undefined : 92}
      rightSectionPointerEvents="none"
      searchable={connections.length > 8}
    />
  );
}

function Verified({ ok }: { ok: boolean }) {
  return (
    <span className={classes.chip} data-ok={ok || undefined}>
      {ok ? `✓ ${texts.verified}` : texts.notVerified}
    </span>
  );
}

export function LocalTableField({ field, value, onChange, problem, readOnly, context }: FieldProps<'localTable'>) {
  const { data } = context.useLocalTables();
  const rows = new Map((data ?? []).map((table) => [table.name, table.rows]));
  return (
    <Autocomplete
      label={field.label}
      description={field.hint}
      placeholder={texts.chooseTable}
      data={[...rows.keys()]}
      value={textOf(value)}
      onChange={(next) => onChange(next, true)}
      renderOption={({ option }) => (
        <span className={classes.option}>
          {option.value}
          <span className={classes.type}>{texts.rows(rows.get(option.value) ?? 0)}</span>
        </span>
      )}
      error={problem}
      readOnly={readOnly}
    />
  );
}

/** Workflows by their labels, internal names beside; the one that is chosen can be opened. */
export function WorkflowField({ field, value, onChange, problem, readOnly, context }: FieldProps<'workflow'>) {
  const { data, loading } = context.useWorkflows();
  const workflows = new Map((data ?? []).map((workflow) => [workflow.name, workflow]));
  const chosen = textOf(value);
  const names = chosen === '' || workflows.has(chosen) ? [...workflows.keys()] : [...workflows.keys(), chosen];
  const openable = (input: ReactNode) => (
    <div className={classes.withAction}>
      {input}
      {chosen !== '' && (
        <Tooltip label={texts.openWorkflow}>
          <ActionIcon aria-label={texts.openWorkflow} onClick={() => context.openWorkflow(chosen)}>
            <IconArrowUpRight size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
  return (
    <Select
      label={field.label}
      description={field.hint}
      placeholder={loading ? texts.loading : texts.chooseWorkflow}
      data={names.map((name) => ({ value: name, label: workflows.get(name)?.label ?? name }))}
      value={chosen || null}
      onChange={(next) => onChange(next ?? '')}
      renderOption={({ option }) => <WorkflowOption {...option} published={workflows.get(option.value)?.published} />}
      filter={({ options, search }) => options.filter((option) => 'value' in option && matches(option, search))}
      nothingFoundMessage={texts.noWorkflows}
      inputContainer={openable}
      error={problem}
      readOnly={readOnly}
      searchable
    />
  );
}

interface WorkflowOptionProps {
  value: string;
  label: string;
  published: boolean | undefined;
}

function WorkflowOption({ value, label, published }: WorkflowOptionProps) {
  return (
    <span className={classes.option}>
      {label}
      <span className={classes.type}>{published === false ? `${value} · ${texts.unpublished}` : value}</span>
    </span>
  );
}

const matches = ({ label, value }: { label: string; value: string }, search: string): boolean =>
  `${label} ${value}`.toLowerCase().includes(search.trim().toLowerCase());
