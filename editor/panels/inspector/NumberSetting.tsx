import { NumberInput } from '@mantine/core';

interface NumberSettingProps {
  label: string;
  hint?: string;
  /** undefined: nothing is set, and the field is empty. */
  value: number | undefined;
  onChange(value: number | undefined): void;
  readOnly: boolean;
  min: number;
  max: number;
  unit?: string;
}

/** A number that may be left out. Large ones are written with separators, and what is out of bounds is drawn to them. */
export function NumberSetting({ label, hint, value, onChange, readOnly, min, max, unit }: NumberSettingProps) {
  return (
    <NumberInput
      label={label}
      description={hint}
      min={min}
      max={max}
      suffix={unit && ` ${unit}`}
      thousandSeparator=","
      clampBehavior="blur"
      value={value ?? ''}
      readOnly={readOnly}
      onChange={(next) => onChange(next === '' ? undefined : Number(next))}
    />
  );
}
