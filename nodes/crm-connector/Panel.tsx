import type { ComponentType } from 'react';
import { useState } from 'react';
import type { RemoteObjectDetails } from '../../contract/connector.ts';
import { passedColumns } from '../kit/columns.ts';
import type { PanelProps } from '../kit/panel/context.ts';
import { Form } from '../kit/panel/Form.tsx';
import { Filter } from '../kit/panel/filter/Filter.tsx';
import { OrderBy } from '../kit/panel/filter/OrderBy.tsx';
import type { CrmConfig } from './config.ts';
import { Advance, AutomaticIndex } from './panel/AutomaticIndex.tsx';
import { fitted, useAbilities } from './panel/abilities.ts';
import { Cursor } from './panel/Cursor.tsx';
import { optionNameNow } from './panel/cursorNames.ts';
import { Delete } from './panel/Delete.tsx';
import { Export } from './panel/Export.tsx';
import { toFilterField } from './panel/FieldSelect.tsx';
import { Fields } from './panel/Fields.tsx';
import { withOperation } from './panel/mapping.ts';
import { ObjectChoice } from './panel/ObjectChoice.tsx';
import classes from './panel/Panel.module.css';
import { Preview, previewRequest } from './panel/Preview.tsx';
import type { PartProps } from './panel/parts.ts';
import { formFields } from './panel/parts.ts';
import { texts } from './panel/texts.ts';

/** Connection → object → fields, each from what the organisation says of itself. */
export default function CrmConnectorPanel(props: PanelProps<CrmConfig>) {
  const { config, onChange, context } = props;
  const columns = passedColumns(context.useColumns()) ?? [];
  const abilities = useAbilities(context);
  const change = (next: CrmConfig, coalesce?: string): void => {
    const offered = fitted(next, abilities(next.connection));
    onChange(next.operation === config.operation ? offered : withOperation(offered, columns), coalesce);
  };
  const plain = { ...props, onChange: change } as unknown as PanelProps;
  const Part = parts[config.operation];
  return (
    <div className={classes.panel}>
      <Form {...plain} fields={formFields('operation', 'connection')} />
      <ObjectChoice {...props} />
      <Part {...props} form={plain} can={abilities(config.connection)} />
    </div>
  );
}

const parts: Record<CrmConfig['operation'], ComponentType<PartProps>> = {
  import: Import,
  deleted: Deleted,
  export: Export,
  delete: Delete,
};

/** Records of the CRM: those that pass a filter, or those that arrive. */
function Import(props: PartProps) {
  const { config, onChange, readOnly, context, form, can } = props;
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
          fields={(details?.fields ?? []).filter((field) => field.sortable).map(toFilterField)}
          fieldLabel={texts.field}
          onChange={(orderBy) => onChange({ ...config, orderBy })}
          readOnly={readOnly}
        />
      ) : null}
      {can('readsDeleted') || config.everything ? <Form {...form} fields={formFields('everything')} /> : null}
      <Form {...form} fields={formFields('rejectFile.enabled', 'rejectFile.name')} />
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
          fields={(details?.fields ?? []).filter((field) => field.filterable).map(toFilterField)}
          fieldLabel={texts.field}
          rules={texts.filterRules}
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
function Deleted({ config, onChange, readOnly, context, node, form, can }: PartProps) {
  const { optionName, period } = config.deleted;
  const undated = can('deletionDates') ? null : <p className={classes.empty}>{texts.undated}</p>;
  if (period === 'between')
    return (
      <>
        <Form {...form} fields={formFields('deleted.period', 'deleted.from', 'deleted.to')} />
        {undated}
      </>
    );
  return (
    <>
      <Form {...form} fields={formFields('deleted.period')} />
      {undated}
      <Cursor
        name={optionNameNow(optionName, context.workflow.internalName, node.name)}
        template={optionName}
        activityName={node.name}
        meaning={{ kind: can('deletionDates') ? 'deleted' : 'marked' }}
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
