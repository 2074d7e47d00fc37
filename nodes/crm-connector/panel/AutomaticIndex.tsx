import { Input, NumberInput, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import type { RemoteObjectDetails } from '../../../contract/connector.ts';
import type { PanelContext } from '../../kit/panel/context.ts';
import type { CrmConfig } from '../config.ts';
import { goneHint, goneLabel } from '../form.ts';
import { trackingOf, trackingText } from '../tracking.ts';
import { Cursor } from './Cursor.tsx';
import { optionNameNow } from './cursorNames.ts';
import classes from './Panel.module.css';
import { previewRequest } from './Preview.tsx';
import { texts } from './texts.ts';

interface AutomaticIndexProps {
  config: CrmConfig;
  activityName: string;
  details: RemoteObjectDetails | null;
  onChange(index: CrmConfig['index'], coalesce?: string): void;
  readOnly: boolean;
  context: PanelContext;
}

/** Only what changed: from when, kept where, by which field, and what moves the date on. */
export function AutomaticIndex({ config, activityName, details, onChange, readOnly, context }: AutomaticIndexProps) {
  const { index } = config;
  const name = optionNameNow(index.optionName, context.workflow.internalName, activityName);
  const option = context.useOption(index.enabled ? name : null);
  const problem = context.useIssues('index')[0]?.message ?? null;
  const recommended = details?.recommendedIndexField;
  const undated = details !== null && details.indexFields.length === 0;
  const compares = index.by === 'comparison';
  const tracks = details !== null && trackingOf(config, details).tracks;
  const way = details && trackingText(config, details);
  const enable = (enabled: boolean): void =>
    onChange({
      ...index,
      enabled,
      by: enabled && undated ? 'comparison' : index.by,
      indexField: enabled && index.indexField === '' ? (recommended?.name ?? '') : index.indexField,
    });
  const choose = (next: string): void =>
    onChange(
      next === comparison ? { ...index, by: 'comparison', indexField: '' } : { ...index, by: 'date', indexField: next },
    );
  return (
    <section aria-label={texts.index} className={classes.section}>
      <Switch
        label={texts.index}
        description={
          index.enabled ? (
            <Since
              value={option.data?.value ?? null}
              field={compares ? null : tracks ? texts.byTracking : index.indexField || texts.automatic}
              name={name ?? index.optionName}
            />
          ) : (
            texts.indexOff
          )
        }
        checked={index.enabled}
        onChange={(event) => enable(event.currentTarget.checked)}
        disabled={readOnly}
        size="sm"
        styles={{ label: { fontWeight: 600, fontSize: 13 }, description: { fontSize: 12, color: 'var(--mute)' } }}
        error={problem}
      />
      {index.enabled ? (
        <>
          <Cursor
            name={name}
            template={index.optionName}
            activityName={activityName}
            meaning={{
              kind: compares ? 'compared' : tracks ? 'tracked' : 'changed',
              lookBack: index.lookBack,
              field: index.indexField || (details?.indexFields[0] ?? null),
              request: config.connection && config.object ? previewRequest(config) : null,
            }}
            readOnly={readOnly}
            context={context}
          />
          <Advance
            advance={index.advance}
            onChange={(advance) => onChange({ ...index, advance })}
            readOnly={readOnly}
          />
          <Select
            label={texts.indexField}
            description={indexHint(compares, undated, recommended)}
            data={[
              ...(undated ? [] : [{ value: '', label: texts.automatic }]),
              ...(details?.indexFields ?? (index.indexField ? [index.indexField] : [])).map((field) => ({
                value: field,
                label: field,
              })),
              { value: comparison, label: texts.comparison },
            ]}
            value={compares ? comparison : index.indexField}
            onChange={(next) => choose(next ?? '')}
            readOnly={readOnly}
            allowDeselect={false}
          />
          {way === null ? null : (
            <p className={classes.empty} role="status">
              {way}
            </p>
          )}
          {tracks || index.gone ? <Gone index={index} onChange={onChange} readOnly={readOnly} /> : null}
          <TextInput
            label={texts.optionName}
            description={texts.optionHint}
            value={index.optionName}
            onChange={(event) => onChange({ ...index, optionName: event.currentTarget.value }, 'index.optionName')}
            readOnly={readOnly}
            ff="monospace"
          />
          {compares || tracks ? null : (
            <div className={classes.pair}>
              <NumberInput
                label={texts.lookBack}
                description={texts.lookBackHint}
                suffix=" min"
                min={0}
                max={1440}
                value={index.lookBack}
                onChange={(next) => onChange({ ...index, lookBack: Number(next) }, 'index.lookBack')}
                readOnly={readOnly}
              />
              <NumberInput
                label={texts.lag}
                description={texts.lagHint}
                suffix=" s"
                min={0}
                max={3600}
                value={index.lag}
                onChange={(next) => onChange({ ...index, lag: Number(next) }, 'index.lag')}
                readOnly={readOnly}
              />
            </div>
          )}
        </>
      ) : null}
    </section>
  );
}

/** Change tracking tells deletions as well. */
function Gone({
  index,
  onChange,
  readOnly,
}: Pick<AutomaticIndexProps, 'onChange' | 'readOnly'> & Pick<CrmConfig, 'index'>) {
  return (
    <Switch
      label={goneLabel}
      description={goneHint}
      checked={index.gone}
      onChange={(event) => onChange({ ...index, gone: event.currentTarget.checked })}
      disabled={readOnly}
      size="sm"
    />
  );
}

/** Stands in the list for "no field"; no field of a CRM is called so. */
const comparison = '*';

function indexHint(
  compares: boolean,
  undated: boolean,
  recommended: RemoteObjectDetails['recommendedIndexField'],
): string | undefined {
  if (compares) return undated ? texts.undatedHint : texts.comparisonHint;
  return recommended ? texts.recommended(recommended.name, recommended.reason) : undefined;
}

/** What moves the date on. */
export function Advance({
  advance,
  onChange,
  readOnly,
}: {
  advance: CrmConfig['index']['advance'];
  onChange(advance: CrmConfig['index']['advance']): void;
  readOnly: boolean;
}) {
  return (
    <Input.Wrapper
      label={texts.advance}
      description={advance === 'inCode' ? texts.inCodeHint : texts.whenSucceededHint}
    >
      <SegmentedControl
        fullWidth
        aria-label={texts.advance}
        data={[
          { value: 'whenRunSucceeded', label: texts.whenSucceeded },
          { value: 'inCode', label: texts.inCode },
        ]}
        value={advance}
        onChange={(next) => onChange(next === 'inCode' ? 'inCode' : 'whenRunSucceeded')}
        readOnly={readOnly}
      />
    </Input.Wrapper>
  );
}

function Since({ value, field, name }: { value: string | null; field: string | null; name: string }) {
  const [before, since, after] = value === null ? texts.indexFirst(field) : texts.indexOn(value, field);
  return (
    <>
      {before}
      <b>{since}</b>
      {after}
      <code className={classes.option}>{name}</code>
    </>
  );
}
