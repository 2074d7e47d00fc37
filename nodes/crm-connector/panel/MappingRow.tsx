import { ActionIcon, Button } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { RemoteField } from '../../../contract/connector.ts';
import { CodeField } from '../../kit/panel/CodeField.tsx';
import { LineProblem, MappingLine } from '../../kit/panel/mapping/MappingLine.tsx';
import { idField } from '../config.ts';
import type { MappedField } from '../exportConfig.ts';
import { exportTexts as texts } from './exportTexts.ts';
import { MappingDetails } from './MappingDetails.tsx';
import type { RowScope } from './mapping.ts';
import { columnTypeOf, isWritable, withMapped } from './mapping.ts';
import { SourceSelect } from './SourceSelect.tsx';
import { texts as common } from './texts.ts';
import { misfitOf } from './typeFit.ts';

/** Source → field, types below; what is seldom needed opens with the arrow at the end. A misfit of types is said while it is drawn. */
export function MappingRow(props: RowScope) {
  const { settings, mapped, index, isKey = false, fresh, details, columns, change, readOnly, context } = props;
  const { field: name, source } = mapped;
  const path = `export.mapping.${index}`;
  const issues = context.useIssues(path).filter(({ code }) => code !== 'TYPE_MISMATCH');
  const inside = issues.some((issue) => isInside(issue.path ?? '', path));
  const [open, setOpen] = useState(false);
  const shown = !isKey && (open || inside);
  const set = (next: MappedField, coalesce?: string): void => change(withMapped(settings, index, next), coalesce);
  const field = details?.fields.find((one) => one.name === name);
  const problem = issues.find((issue) => !isInside(issue.path ?? '', path))?.message ?? null;
  const Chevron = shown ? IconChevronUp : IconChevronDown;
  return (
    <MappingLine
      path={path}
      isKey={isKey}
      fresh={fresh}
      source={
        <SourceSelect
          label={texts.source(name)}
          source={source}
          columns={columns}
          onChange={(next) => set({ ...mapped, source: next })}
          problem={problem === null || source.kind === 'expression' ? null : true}
          readOnly={readOnly}
        />
      }
      sourceText={sourceText(props)}
      target={name === idField ? texts.recordId : name}
      targetTitle={mapped.label}
      targetText={fieldText(props, field)}
      action={
        isKey ? null : (
          <ActionIcon aria-label={texts.details(name)} aria-expanded={shown} onClick={() => setOpen(!shown)} size={22}>
            <Chevron size={14} />
          </ActionIcon>
        )
      }
      name={name}
      onRemove={
        isKey || readOnly
          ? undefined
          : () => change({ ...settings, mapping: settings.mapping.filter((_, other) => other !== index) })
      }
    >
      {source.kind === 'expression' ? (
        <CodeField
          label={texts.expression(name)}
          hideLabel
          value={source.code}
          onChange={(code) => set({ ...mapped, source: { kind: 'expression', code } }, `${path}.source`)}
          problem={problem}
          placeholder={texts.codeExample}
          readOnly={readOnly}
        />
      ) : null}
      <Remark {...props} field={field} problem={source.kind === 'expression' ? null : problem} onChange={set} />
      {shown ? <MappingDetails {...props} path={path} field={field} onChange={set} /> : null}
    </MappingLine>
  );
}

/** Problems of what only the details show. */
const isInside = (issuePath: string, path: string): boolean =>
  issuePath.startsWith(`${path}.onlyIf`) || issuePath.startsWith(`${path}.lookup`);

function sourceText({ mapped, columns }: RowScope): string {
  const { conversion, empty, onlyIf } = mapped;
  const type = columnTypeOf(mapped, columns);
  return [
    ...(type ? [texts.typeOf(type)] : []),
    ...(conversion === 'default' ? [] : [common.conversions[conversion]]),
    ...(empty === 'clear' ? [texts.clears] : []),
    ...(onlyIf.trim() === '' ? [] : [texts.onlyIfShort]),
  ].join(' · ');
}

/** The CRM's word for the type, the label where it says more than the name, and when it counts. */
function fieldText({ mapped, isKey, settings }: RowScope, field: RemoteField | undefined): string {
  const { label, lookup, type, field: name } = mapped;
  const both = settings.mode === 'automatic' || settings.mode === 'upsert';
  return [
    ...(isKey ? [texts.isKey] : []),
    ...(lookup ? [texts.by(lookup.path)] : []),
    field?.remoteType ?? texts.typeOf(type),
    ...(label.replaceAll(' ', '') === name || name === idField ? [] : [label]),
    ...(mapped.remoteRequired ? [texts.required] : []),
    ...(both && field && !isKey && !field.updateable ? [texts.onlyCreated] : []),
    ...(both && field && !isKey && !field.createable ? [texts.onlyUpdated] : []),
  ].join(' · ');
}

interface RemarkProps extends RowScope {
  field: RemoteField | undefined;
  problem: string | null;
  onChange(mapped: MappedField): void;
}

/** What is wrong with the row, or will be with some of its values. */
function Remark({ mapped, isKey, settings, details, columns, field, problem, readOnly, onChange }: RemarkProps) {
  const from = columnTypeOf(mapped, columns);
  const misfit = from && misfitOf(from, mapped.type, mapped.conversion);
  if (problem !== null) return <LineProblem>{problem}</LineProblem>;
  if (details && !isKey && !isWritable(field, settings.mode)) return <LineProblem>{texts.unwritable}</LineProblem>;
  if (!from || !misfit) return null;
  const mendable = !readOnly && misfitOf(from, mapped.type, 'dateOnly') === null;
  return (
    <LineProblem some={misfit === 'some'}>
      {texts.misfits[misfit](from, mapped.type)}{' '}
      {mendable ? (
        <Button size="compact-xs" variant="light" onClick={() => onChange({ ...mapped, conversion: 'dateOnly' })}>
          {texts.takeDay}
        </Button>
      ) : null}
    </LineProblem>
  );
}
