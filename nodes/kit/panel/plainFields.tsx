/** Fields that need nothing but their own value. */
import {
  Input,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import { CodeField } from './CodeField.tsx';
import type { FieldProps } from './field.ts';
import { textOf } from './field.ts';

export function TextField({ field, value, onChange, problem, readOnly }: FieldProps<'text' | 'template'>) {
  const shared = {
    label: field.label,
    description: field.hint,
    placeholder: field.placeholder,
    value: textOf(value),
    error: problem,
    readOnly,
  };
  if (field.kind === 'text' && field.lines !== undefined)
    return (
      <Textarea
        {...shared}
        onChange={(event) => onChange(event.currentTarget.value, true)}
        autosize
        minRows={2}
        maxRows={field.lines}
        spellCheck={false}
        ff="monospace"
      />
    );
  return (
    <TextInput
      {...shared}
      onChange={(event) => onChange(event.currentTarget.value, true)}
      ff={field.kind === 'template' ? 'monospace' : undefined}
    />
  );
}

export function SecretField({ field, value, onChange, problem, readOnly }: FieldProps<'secret'>) {
  return (
    <PasswordInput
      label={field.label}
      description={field.hint}
      placeholder={field.placeholder}
      value={textOf(value)}
      onChange={(event) => onChange(event.currentTarget.value, true)}
      error={problem}
      readOnly={readOnly}
      autoComplete="new-password"
    />
  );
}

export function NumberField({ field, value, onChange, problem, readOnly }: FieldProps<'number'>) {
  const unit = field.unit ? ` ${field.unit}` : '';
  const emptied = field.optional ? null : (field.min ?? 0);
  return (
    <NumberInput
      label={field.label}
      description={field.hint}
      {...(field.placeholder ? { placeholder: field.placeholder } : {})}
      value={typeof value === 'number' ? value : ''}
      onChange={(next) => onChange(next === '' ? emptied : Number(next), true)}
      {...(field.min === undefined ? {} : { min: field.min })}
      {...(field.max === undefined ? {} : { max: field.max })}
      suffix={unit}
      error={problem}
      readOnly={readOnly}
      clampBehavior="blur"
    />
  );
}

export function SwitchField({ field, value, onChange, problem, readOnly }: FieldProps<'switch'>) {
  return (
    <Switch
      label={field.label}
      description={field.hint}
      checked={value === true}
      onChange={(event) => onChange(event.currentTarget.checked)}
      error={problem}
      disabled={readOnly}
      size="sm"
      styles={{ label: { fontWeight: 600, fontSize: 13 }, description: { fontSize: 12, color: 'var(--mute)' } }}
    />
  );
}

export function ChoiceField({ field, value, onChange, problem, readOnly }: FieldProps<'choice'>) {
  const chosen = field.choices.find((choice) => choice.value === value);
  const hint = chosen?.hint ?? field.hint;
  if (field.display === 'segments') {
    return (
      <Input.Wrapper label={field.label} description={hint} error={problem}>
        <SegmentedControl
          fullWidth
          aria-label={field.label}
          data={field.choices.map(({ value: key, label }) => ({ value: key, label }))}
          value={textOf(value)}
          onChange={(next) => onChange(next)}
          readOnly={readOnly}
        />
      </Input.Wrapper>
    );
  }
  return (
    <Select
      label={field.label}
      description={hint}
      data={field.choices.map(({ value: key, label }) => ({ value: key, label }))}
      value={textOf(value) || null}
      onChange={(next) => next !== null && onChange(next)}
      error={problem}
      readOnly={readOnly}
      allowDeselect={false}
      searchable={field.choices.length > 12}
    />
  );
}

export function ScriptField({ field, value, onChange, problem, readOnly }: FieldProps<'expression' | 'script'>) {
  return (
    <CodeField
      label={field.label}
      {...(field.hint ? { hint: field.hint } : {})}
      {...(field.placeholder ? { placeholder: field.placeholder } : {})}
      value={textOf(value)}
      onChange={(next) => onChange(next, true)}
      problem={problem}
      readOnly={readOnly}
      lines={field.lines ?? (field.kind === 'script' ? 10 : 1)}
    />
  );
}
