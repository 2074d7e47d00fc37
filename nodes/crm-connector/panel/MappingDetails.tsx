import { ActionIcon, SegmentedControl, Select } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useLayoutEffect, useRef } from 'react';
import { CodeField } from '../../kit/panel/CodeField.tsx';
import type { Conversion } from '../conversions.ts';
import { conversions } from '../conversions.ts';
import classes from './Export.module.css';
import { exportTexts as texts } from './exportTexts.ts';
import { Labelled } from './Labelled.tsx';
import { LookupChoice } from './LookupChoice.tsx';
import type { DetailsScope } from './mapping.ts';
import { columnTypeOf, moved } from './mapping.ts';
import { texts as common } from './texts.ts';

/** What most rows leave as it is: conversion, empty values, a condition, the related record. */
export function MappingDetails(props: DetailsScope) {
  const { mapped, path, field, onChange, readOnly, context } = props;
  const { field: name, empty, onlyIf } = mapped;
  const onlyIfProblem = context.useIssues(`${path}.onlyIf`)[0]?.message ?? null;
  return (
    <div className={classes.details}>
      <ConversionChoice {...props} />
      <Labelled label={texts.emptyLabel}>
        <SegmentedControl
          fullWidth
          aria-label={texts.empties(name)}
          data={Object.entries(texts.emptyChoices).map(([value, label]) => ({ value, label }))}
          value={empty}
          onChange={(next) => onChange({ ...mapped, empty: next === 'clear' ? 'clear' : 'keep' })}
          readOnly={readOnly}
        />
      </Labelled>
      <p className={classes.note}>{field?.required ? texts.emptyRequired[empty] : texts.emptyHints[empty]}</p>
      {field?.references?.objects.length === 1 ? <LookupChoice {...props} references={field.references} /> : null}
      <Labelled label={texts.onlyIfLabel}>
        <div data-path={`${path}.onlyIf`}>
          <CodeField
            label={texts.onlyIf(name)}
            hideLabel
            hint={texts.onlyIfHint}
            value={onlyIf}
            onChange={(next) => onChange({ ...mapped, onlyIf: next }, `${path}.onlyIf`)}
            problem={onlyIfProblem}
            placeholder={texts.onlyIfExample}
            readOnly={readOnly}
          />
        </div>
      </Labelled>
      {readOnly ? null : <MoveButtons {...props} />}
    </div>
  );
}

/** Only dates have more to convert than the type. */
function ConversionChoice({ mapped, columns, onChange, readOnly }: DetailsScope) {
  const dated = [mapped.type, columnTypeOf(mapped, columns)].some((type) => type === 'date' || type === 'datetime');
  const offered = conversions.filter(
    (one) => dated || one === 'default' || one === 'copy' || one === mapped.conversion,
  );
  return (
    <Labelled label={texts.conversionLabel}>
      <Select
        size="xs"
        aria-label={texts.conversion(mapped.field)}
        data={offered.map((value) => ({ value, label: common.conversions[value] }))}
        value={mapped.conversion}
        onChange={(next) => next !== null && onChange({ ...mapped, conversion: next as Conversion })}
        readOnly={readOnly}
        allowDeselect={false}
      />
    </Labelled>
  );
}

/** A row that moves takes the keyboard along. */
function MoveButtons({ settings, mapped, index, change }: DetailsScope) {
  const first = settings.mapping[0]?.field === settings.key ? 1 : 0;
  const pressed = useRef<HTMLButtonElement>(null);
  const move = (button: HTMLButtonElement, to: number): void => {
    pressed.current = button;
    change({ ...settings, mapping: moved(settings.mapping, index, to) });
  };
  useLayoutEffect(() => {
    pressed.current?.focus();
    pressed.current = null;
  });
  return (
    <div className={classes.moves}>
      <ActionIcon
        aria-label={texts.up(mapped.field)}
        disabled={index <= first}
        onClick={(event) => move(event.currentTarget, index - 1)}
        size={22}
      >
        <IconArrowUp size={14} />
      </ActionIcon>
      <ActionIcon
        aria-label={texts.down(mapped.field)}
        disabled={index >= settings.mapping.length - 1}
        onClick={(event) => move(event.currentTarget, index + 1)}
        size={22}
      >
        <IconArrowDown size={14} />
      </ActionIcon>
    </div>
  );
}
