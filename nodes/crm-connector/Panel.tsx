import { Select } from '@mantine/core';
import { useState } from 'react';
import type { RemoteObjectDetails } from '../../contract/connector.ts';
import type { FormField } from '../../contract/form.ts';
import type { PanelProps } from '../kit/panel/context.ts';
import { Form } from '../kit/panel/Form.tsx';
import field from '../kit/panel/panel.module.css';
import type { CrmConfig } from './config.ts';
import { form } from './form.ts';
import { Advance, AutomaticIndex } from './panel/AutomaticIndex.tsx';
import { Cursor } from './panel/Cursor.tsx';
import { optionNameNow } from './panel/cursorNames.ts';
import { Fields } from './panel/Fields.tsx';
import { Filter } from './panel/Filter.tsx';
import { OrderBy } from './panel/OrderBy.tsx';
import classes from './panel/Panel.module.css';
import { Preview, previewRequest } from './panel/Preview.tsx';
import { withObject } from './panel/remote.ts';
import { texts } from './panel/texts.ts';

/** Connection → object → fields, each from what the organisation says of itself. */
export default function CrmConnectorPanel(props: PanelProps<CrmConfig>) {
  const { config, onChange } = props;
  const plain = {
    ...props,
    onChange: (next: Record<string, unknown>, coalesce?: string) => onChange(next as CrmConfig, coalesce),
  } as unknown as PanelProps;
  return (
    <div className={classes.panel}>
      <Form {...plain} fields={formFields('operation', 'connection')} />
      <ObjectChoice {...props} />
      {config.operation === 'deleted' ? <Deleted {...props} form={plain} /> : <Import {...props} form={plain} />}
    </div>
  );
}

type PartProps = PanelProps<CrmConfig> & { form: PanelProps };

/** Records of the CRM: those that pass a filter, or those that arrive. */
function Import(props: PartProps) {
  const { config, onChange, readOnly, context, form } = props;
  const { data: details } = context.useFields(config.connection || null, config.object || null);
  const byFilter = config.source === 'filter';
  const fieldProblem = context.useIssues('fields').find((issue) => issue.severity === 'error')?.message ?? null;
  return (
    <>
      <Form {...form} fields={formFields('source')} />
      {byFilter ? (
        <Filtered {...props} details={details} />
      ) : (
        <Form {...form} fields={formFields('population.column', 'population.keep')} />
      )}
      <Fields
        config={config}
        details={details}
        onChange={(fields) => onChange({ ...config, fields })}
        readOnly={readOnly}
        problem={fieldProblem}
      />
      {byFilter ? (
        <OrderBy
          order={config.orderBy}
          details={details}
          onChange={(orderBy) => onChange({ ...config, orderBy })}
          readOnly={readOnly}
        />
      ) : null}
      <Form {...form} fields={formFields('everything', 'rejectFile.enabled', 'rejectFile.name')} />
    </>
  );
}

function Filtered(props: PartProps & { details: RemoteObjectDetails | null }) {
  const { config, onChange, readOnly, context, node, details } = props;
  const preview = context.usePreview();
  const request = previewRequest(config);
  const [asked, setAsked] = useState('');
  const current = asked === JSON.stringify(request);
  const ask = (): void => {
    setAsked(JSON.stringify(request));
    preview.run(request);
  };
  return (
    <>
      <section aria-label={texts.filter}>
        <div className={classes.heading}>{texts.filter}</div>
        <Filter
          group={config.filter}
          path="filter"
          details={details}
          refused={current ? preview.result.error : null}
          onChange={(filter, coalesce) => onChange({ ...config, filter }, coalesce)}
          readOnly={readOnly}
          context={context}
        />
      </section>
      <Preview config={config} context={context} preview={preview} current={current} onAsk={ask} />
      <AutomaticIndex
        config={config}
        activityName={node.name}
        details={details}
        onChange={(index, coalesce) => onChange({ ...config, index }, coalesce)}
        readOnly={readOnly}
        context={context}
      />
    </>
  );
}

/** Ids of deleted records, between two dates or since the last import. */
function Deleted({ config, onChange, readOnly, context, node, form }: PartProps) {
  const { optionName, period } = config.deleted;
  if (period === 'between')
    return <Form {...form} fields={formFields('deleted.period', 'deleted.from', 'deleted.to')} />;
  return (
    <>
      <Form {...form} fields={formFields('deleted.period')} />
      <Cursor
        name={optionNameNow(optionName, context.workflow.internalName, node.name)}
        template={optionName}
        activityName={node.name}
        meaning={{ kind: 'deleted' }}
        readOnly={readOnly}
        context={context}
      />
      <Advance
        advance={config.index.advance}
        onChange={(advance) => onChange({ ...config, index: { ...config.index, advance } })}
        readOnly={readOnly}
      />
      <Form {...form} fields={formFields('deleted.optionName')} />
    </>
  );
}

const formFields = (...names: string[]): FormField[] => form.filter((field) => names.includes(field.name));

function ObjectChoice({ config, onChange, readOnly, context }: PanelProps<CrmConfig>) {
  const { data, error, loading } = context.useObjects(config.connection || null);
  const problem = context.useIssues('object')[0]?.message ?? null;
  const missing = context.useMissing('object');
  const objects = (data ?? []).filter((object) =>
    config.operation === 'deleted' ? object.tracksDeletions !== false : object.queryable,
  );
  const known = objects.some((object) => object.name === config.object) || config.object === '';
  const choices = [
    ...(known ? [] : [{ value: config.object, label: config.objectLabel || config.object }]),
    ...objects.map((object) => ({
      value: object.name,
      label: object.label === object.name ? object.name : `${object.label} · ${object.name}`,
    })),
  ];
  return (
    <div className={field.field} data-path="object" data-missing={missing || undefined}>
      <Select
        label={texts.object}
        placeholder={
          config.connection === '' ? texts.chooseConnectionFirst : loading ? texts.loading : texts.chooseObject
        }
        data={choices}
        value={config.object || null}
        onChange={(next) =>
          next !== null &&
          onChange(withObject(config, next, objects.find((object) => object.name === next)?.label ?? next))
        }
        error={problem ?? (error ? `${error.message} ${error.action}` : null)}
        disabled={config.connection === ''}
        readOnly={readOnly}
        limit={100}
        searchable
        allowDeselect={false}
      />
    </div>
  );
}
