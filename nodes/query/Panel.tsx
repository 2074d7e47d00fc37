import { Button } from '@mantine/core';
import type { FormField } from '../../contract/form.ts';
import { CodeField } from '../kit/panel/CodeField.tsx';
import type { PanelProps } from '../kit/panel/context.ts';
import { Form } from '../kit/panel/Form.tsx';
import { Filter } from '../kit/panel/filter/Filter.tsx';
import { OrderBy } from '../kit/panel/filter/OrderBy.tsx';
import { LocalTableSelect, toFields, useReadableTables } from '../kit/panel/LocalTableSelect.tsx';
import type { QueryConfig } from './config.ts';
import { form } from './form.ts';
import { Columns } from './panel/Columns.tsx';
import { withTable } from './panel/chosen.ts';
import classes from './panel/Panel.module.css';
import { proposedColumns } from './panel/proposed.ts';
import { texts } from './panel/texts.ts';

/** Rows of a table, step by step, or a SELECT. */
export default function QueryPanel(props: PanelProps<QueryConfig>) {
  const plain = {
    ...props,
    onChange: (next: Record<string, unknown>, coalesce?: string) => props.onChange(next as QueryConfig, coalesce),
  } as unknown as PanelProps;
  return (
    <div className={classes.panel}>
      <Form {...plain} fields={formFields('mode')} />
      {props.config.mode === 'sql' ? <Sql {...props} form={plain} /> : <Table {...props} form={plain} />}
    </div>
  );
}

type PartProps = PanelProps<QueryConfig> & { form: PanelProps };

const formFields = (...names: string[]): FormField[] => form.filter((field) => names.includes(field.name));

function Table({ config, onChange, readOnly, context, form: plain }: PartProps) {
  const columns = useReadableTables(context).tables.find(({ name }) => name === config.table)?.columns ?? null;
  const fields = toFields(columns ?? []);
  return (
    <>
      <LocalTableSelect
        value={config.table}
        onChange={(table, own) => onChange(withTable(config, table, own))}
        readOnly={readOnly}
        context={context}
      />
      <Columns
        chosen={config.columns}
        columns={columns}
        onChange={(chosen) => onChange({ ...config, columns: chosen })}
        readOnly={readOnly}
        context={context}
      />
      <section aria-label={texts.filter}>
        <div className={classes.heading}>{texts.filter}</div>
        <Filter
          group={config.filter}
          path="filter"
          fields={fields}
          fieldLabel={texts.column}
          rules={texts.filterRules}
          refused={null}
          onChange={(filter, coalesce) => onChange({ ...config, filter }, coalesce)}
          readOnly={readOnly}
          context={context}
        />
      </section>
      <Form {...plain} fields={formFields('computed')} />
      <OrderBy
        order={config.orderBy}
        fields={fields}
        fieldLabel={texts.column}
        onChange={(orderBy) => onChange({ ...config, orderBy })}
        readOnly={readOnly}
      />
      <Form {...plain} fields={formFields('limit')} />
    </>
  );
}

function Sql({ config, onChange, readOnly, context, form: plain }: PartProps) {
  const { tables } = useReadableTables(context);
  const problem = context.useIssues('sql')[0]?.message ?? null;
  const proposed = proposedColumns(config.sql, tables);
  return (
    <>
      <div data-path="sql">
        <CodeField
          label={texts.sql}
          hint={texts.sqlHint}
          language="SQL"
          value={config.sql}
          onChange={(sql) => onChange({ ...config, sql }, 'sql')}
          problem={problem}
          placeholder={texts.sqlPlaceholder}
          readOnly={readOnly}
          lines={10}
        />
      </div>
      <details className={classes.tables}>
        <summary>{texts.tables}</summary>
        {tables.length === 0 ? texts.noTables : null}
        <dl>
          {tables.map(({ name, columns }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{columns.map((column) => `${column.name} ${column.type}`).join(', ')}</dd>
            </div>
          ))}
        </dl>
      </details>
      <Form {...plain} fields={formFields('parameters', 'declared')} />
      {readOnly || proposed.length === 0 ? null : (
        <div>
          <Button onClick={() => onChange({ ...config, declared: proposed })}>{texts.propose}</Button>
        </div>
      )}
      <Form {...plain} fields={formFields('timeLimit')} />
    </>
  );
}
