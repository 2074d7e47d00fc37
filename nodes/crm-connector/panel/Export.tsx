import { SegmentedControl, Select } from '@mantine/core';
import { IconAlertTriangleFilled } from '@tabler/icons-react';
import type { RemoteObjectDetails } from '../../../contract/connector.ts';
import { passedColumns } from '../../kit/columns.ts';
import { Form } from '../../kit/panel/Form.tsx';
import field from '../../kit/panel/panel.module.css';
import { SentState } from '../../kit/panel/SentState.tsx';
import { idField } from '../config.ts';
import type { ExportConfig, ExportMode } from '../exportConfig.ts';
import classes from './Export.module.css';
import { exportTexts as texts } from './exportTexts.ts';
import { Mapping } from './Mapping.tsx';
import type { MappingScope } from './mapping.ts';
import { findingFields, requiredOf, withKey, withMode } from './mapping.ts';
import { Newer } from './Newer.tsx';
import type { PartProps } from './parts.ts';
import { formFields } from './parts.ts';

/** What arrives is written into the CRM: how, found by what, column by column. */
export function Export({ config, onChange, readOnly, context, form, can }: PartProps) {
  const { data: details } = context.useFields(config.connection || null, config.object || null);
  const scope: MappingScope = {
    connection: config.connection,
    settings: config.export,
    details,
    columns: passedColumns(context.useColumns()) ?? [],
    change: (settings, coalesce) => onChange({ ...config, export: withRequired(settings, details) }, coalesce),
    readOnly,
    context,
  };
  return (
    <>
      <ModeChoice {...scope} />
      <KeyChoice {...scope} />
      <Mapping key={config.object} {...scope} />
      <Newer {...scope} />
      {movesOn(config.export, details) ? <Form {...form} fields={formFields('export.moved.follow')} /> : null}
      <Form
        {...form}
        fields={formFields('export.onlyChanged.enabled', 'export.onlyChanged.column', 'export.onlyChanged.again')}
      />
      <OnlyChanged settings={config.export} context={context} readOnly={readOnly} />
      <Form
        {...form}
        fields={formFields(
          ...(can('bulkJobs') ? ['export.batches'] : []),
          ...(can('assignmentRules') || config.export.assignmentRule !== '' ? ['export.assignmentRule'] : []),
          'export.planOnly',
          'export.approval.always',
          'export.approval.updates',
          'export.approval.share',
          'export.processErrors',
          'rejectFile.enabled',
          'rejectFile.name',
        )}
      />
    </>
  );
}

/** What the export has sent so far, where that decides what is sent; and what inserting again does. */
function OnlyChanged({ settings, context, readOnly }: Pick<MappingScope, 'settings' | 'context' | 'readOnly'>) {
  const { onlyChanged, mode, key } = settings;
  if (!onlyChanged.enabled) return null;
  const again = onlyChanged.again && key === '' && (mode === 'insert' || mode === 'automatic');
  return (
    <>
      {again ? (
        <p className={classes.consequence} data-wrong role="alert">
          <IconAlertTriangleFilled size={12} aria-hidden /> {texts.insertsAgain}
        </p>
      ) : null}
      <SentState context={context} readOnly={readOnly} />
    </>
  );
}

/** Asked only of records that can become others, or where it was said already. */
const movesOn = ({ moved }: ExportConfig, details: RemoteObjectDetails | null): boolean =>
  details ? details.moved !== undefined || moved.follow : moved.object !== '' || moved.follow;

const withRequired = (settings: ExportConfig, details: RemoteObjectDetails | null): ExportConfig =>
  details
    ? { ...settings, required: requiredOf(details), moved: { ...settings.moved, object: details.moved?.object ?? '' } }
    : settings;

/** Two lines are kept for the consequence, so that choosing moves nothing. */
function ModeChoice({ settings, details, columns, change, readOnly }: MappingScope) {
  const { mode, key } = settings;
  const insertsAll = mode === 'automatic' && key === '';
  return (
    <div className={field.field} data-path="export.mode">
      <div className={classes.label}>{texts.mode}</div>
      <SegmentedControl
        fullWidth
        aria-label={texts.mode}
        data={Object.entries(texts.modes).map(([value, label]) => ({ value, label }))}
        value={mode}
        onChange={(next) => change(withMode(settings, next as ExportMode, details, columns))}
        readOnly={readOnly}
      />
      <p className={classes.consequence} data-wrong={insertsAll || undefined} role={insertsAll ? 'alert' : undefined}>
        {insertsAll ? <IconAlertTriangleFilled size={12} aria-hidden /> : null}
        {insertsAll ? texts.allInserted : texts.modeHints[mode]}
      </p>
    </div>
  );
}

function KeyChoice({ settings, details, columns, change, readOnly, context }: MappingScope) {
  const { mode, key } = settings;
  const problem = context.useIssues('export.key')[0]?.message ?? null;
  const missing = context.useMissing('export.key');
  const fields = findingFields(details, mode);
  const known = key === '' || key === idField || fields.some(({ name }) => name === key);
  return (
    <div className={field.field} data-path="export.key" data-missing={missing || undefined}>
      <Select
        label={texts.key}
        description={texts.keyHint}
        placeholder={mode === 'insert' ? texts.keyUnneeded : texts.keyNeeded}
        data={[
          ...(mode === 'automatic' ? [{ value: '', label: texts.noKey }] : []),
          { value: idField, label: texts.recordId },
          ...fields.map(({ name, label }) => ({ value: name, label: label === name ? name : `${label} · ${name}` })),
          ...(known ? [] : [{ value: key, label: key }]),
        ]}
        value={key === '' && mode !== 'automatic' ? null : key}
        onChange={(next) => next !== null && change(withKey(settings, next, details, columns))}
        error={problem}
        disabled={mode === 'insert'}
        readOnly={readOnly}
        searchable={fields.length > 8}
        allowDeselect={false}
      />
    </div>
  );
}
