/** The panel that a definition's form describes: what a node type gets without writing a line of React. */
import { Button } from '@mantine/core';
import type { ComponentType } from 'react';
import type { Issue } from '../../../contract/errors.ts';
import type { FormField } from '../../../contract/form.ts';
import { readPath, shownFields, writePath } from '../../../contract/form.ts';
import type { PanelProps } from './context.ts';
import {
  BehindField,
  ColumnField,
  ColumnsField,
  ConnectionField,
  InputField,
  LocalTableField,
  TimeZoneField,
  WorkflowField,
} from './contextFields.tsx';
import { DateField } from './DateField.tsx';
import type { FieldProps, FieldsProps } from './field.ts';
import { ListField } from './ListField.tsx';
import classes from './panel.module.css';
import { ChoiceField, NumberField, ScriptField, SecretField, SwitchField, TextField } from './plainFields.tsx';
import { texts } from './texts.ts';

const components: { [Kind in FormField['kind']]: ComponentType<FieldProps<Kind>> } = {
  text: TextField,
  template: TextField,
  secret: SecretField,
  number: NumberField,
  switch: SwitchField,
  choice: ChoiceField,
  expression: ScriptField,
  script: ScriptField,
  column: ColumnField,
  columns: ColumnsField,
  input: InputField,
  behind: BehindField,
  date: DateField,
  timeZone: TimeZoneField,
  connection: ConnectionField,
  localTable: LocalTableField,
  workflow: WorkflowField,
  list: (props) => <ListField {...props} Fields={Fields} />,
};

/** The settings of a node as its definition describes them; `fields` shows only some. */
export function Form({
  definition,
  config,
  onChange,
  readOnly,
  context,
  fields,
}: PanelProps & { fields?: readonly FormField[] }) {
  const change = (next: Record<string, unknown>, typing?: boolean, path?: string): void =>
    onChange(next, typing ? path : undefined);
  return (
    <Fields
      fields={fields ?? definition.form}
      config={config}
      base=""
      onChange={change}
      readOnly={readOnly}
      context={context}
    />
  );
}

export function Fields({ fields, config, base, onChange, readOnly, context }: FieldsProps) {
  return (
    <div className={classes.form}>
      {shownFields(fields, config).map((field) => {
        const path = base ? `${base}.${field.name}` : field.name;
        return (
          <Field
            key={field.name}
            field={field}
            path={path}
            value={readPath(config, field.name)}
            onChange={(value, typing) => onChange(writePath(config, field.name, value), typing, path)}
            readOnly={readOnly}
            context={context}
          />
        );
      })}
    </div>
  );
}

function Field(props: Omit<FieldProps, 'problem'>) {
  const exact = props.field.kind === 'list';
  const issues = props.context.useIssues(props.path).filter((issue) => !exact || issue.path === props.path);
  const missing = props.context.useMissing(props.path);
  const Component = components[props.field.kind] as ComponentType<FieldProps>;
  return (
    // The path leads the problems list to the field.
    <div
      data-path={props.path}
      className={classes.field}
      data-missing={missing || undefined}
      data-short={isShort(props.field) || undefined}
    >
      <Component {...props} problem={issues[0]?.message ?? null} />
      {!props.readOnly && <Fixes issues={issues} onChange={props.onChange} />}
    </div>
  );
}

/** Letters of a label; longer ones want a line of their own. */
const shortLabel = 14;

/** Two of these have room side by side in an item of a list. */
function isShort(field: FormField): boolean {
  if (field.label.length > shortLabel) return false;
  if (field.kind === 'choice')
    return field.display !== 'segments' && field.choices.every(({ label }) => label.length <= shortLabel);
  return field.kind === 'number' || field.kind === 'column' || (field.kind === 'text' && field.lines === undefined);
}

/** What a problem says was most likely meant, one click away. */
function Fixes({ issues, onChange }: { issues: readonly Issue[]; onChange: FieldProps['onChange'] }) {
  const value = issues[0]?.fix?.value;
  if (value === undefined) return null;
  return (
    <Button variant="light" className={classes.fix} onClick={() => onChange(value)}>
      {texts.fix(value)}
    </Button>
  );
}
