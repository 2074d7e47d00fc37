import { CloseButton, Input, TextInput } from '@mantine/core';
import type { FieldProps } from './field.ts';
import { textOf } from './field.ts';
import classes from './panel.module.css';
import { texts } from './texts.ts';

const form = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}))?$/;

/** A day and, where one is given, a time: the browser's own pickers, which know its language and can be typed into. */
export function DateField({ field, value, onChange, problem, readOnly }: FieldProps<'date'>) {
  const text = textOf(value).trim();
  const [, day = '', time = ''] = form.exec(text) ?? [];
  // What is no such date, from a file perhaps, is shown as it is.
  if (text !== '' && day === '')
    return (
      <TextInput
        label={field.label}
        description={field.hint}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value, true)}
        error={problem}
        readOnly={readOnly}
      />
    );
  const set = (nextDay: string, nextTime: string): void =>
    onChange(nextDay === '' ? '' : [nextDay, nextTime].filter((part) => part !== '').join(' '), true);
  return (
    <Input.Wrapper label={field.label} description={field.hint} error={problem} labelElement="div">
      <div className={classes.date}>
        <TextInput
          type="date"
          aria-label={texts.day(field.label)}
          value={day}
          onChange={(event) => set(event.currentTarget.value, time)}
          readOnly={readOnly}
        />
        <TextInput
          type="time"
          aria-label={texts.time(field.label)}
          value={time}
          onChange={(event) => set(day, event.currentTarget.value)}
          readOnly={readOnly}
          disabled={day === ''}
        />
        {day !== '' && !readOnly && <CloseButton aria-label={texts.remove(field.label)} onClick={() => set('', '')} />}
      </div>
    </Input.Wrapper>
  );
}
