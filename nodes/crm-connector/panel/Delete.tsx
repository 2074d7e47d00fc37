import { passedColumns } from '../../kit/columns.ts';
import { Form } from '../../kit/panel/Form.tsx';
import { ColumnSelect } from '../../kit/panel/mapping/ColumnSelect.tsx';
import field from '../../kit/panel/panel.module.css';
import { idField } from '../config.ts';
import { exportTexts as texts } from './exportTexts.ts';
import { toMapped } from './mapping.ts';
import type { PartProps } from './parts.ts';
import { formFields } from './parts.ts';

/** The records whose ids arrive are deleted. */
export function Delete({ config, onChange, readOnly, context, form, can }: PartProps) {
  const problem = context.useIssues('export.mapping')[0]?.message ?? null;
  const missing = context.useMissing('export.mapping');
  const columns = passedColumns(context.useColumns()) ?? [];
  const id = config.export.mapping.find((mapped) => mapped.field === idField) ?? toMapped(undefined, idField);
  return (
    <>
      <div className={field.field} data-path="export.mapping" data-missing={missing || undefined}>
        <ColumnSelect
          label={texts.deleteColumn}
          hint={texts.deleteHint}
          value={id.source.kind === 'column' ? id.source.column : ''}
          columns={columns}
          onChange={(column) => {
            const mapping = [{ ...id, source: { kind: 'column' as const, column } }];
            onChange({ ...config, export: { ...config.export, key: idField, mapping } });
          }}
          problem={problem}
          readOnly={readOnly}
        />
      </div>
      <Form
        {...form}
        fields={formFields(
          ...(can('bulkJobs') ? ['export.batches'] : []),
          'export.planOnly',
          'export.approval.always',
          'export.approval.deletes',
          'export.processErrors',
          'rejectFile.enabled',
          'rejectFile.name',
        )}
      />
    </>
  );
}
