import { Select } from '@mantine/core';
import { useState } from 'react';
import type { RemoteField } from '../../../contract/connector.ts';
import { exportTexts as texts } from './exportTexts.ts';
import { Labelled } from './Labelled.tsx';
import type { DetailsScope } from './mapping.ts';
import { keyFields } from './mapping.ts';

type References = NonNullable<RemoteField['references']>;

/** A related record is named by its record id, or by a key that other systems know it by. */
export function LookupChoice(props: DetailsScope & { references: References }) {
  const { mapped, field, references, connection, onChange, readOnly, context } = props;
  const [chosen, setChosen] = useState(references.objects[0] ?? '');
  const object = mapped.lookup?.object ?? chosen;
  const { data: related } = context.useFields(connection || null, object || null);
  const { lookup } = mapped;
  const keys = keyFields(related, 'update');
  const unknown = lookup && !keys.some(({ name }) => name === lookup.keyField) ? [lookup.keyField] : [];
  const choose = (keyField: string): void => {
    const { lookup: _, ...plain } = mapped;
    const key = keys.find(({ name }) => name === keyField);
    if (!key) onChange({ ...plain, type: field?.type ?? 'text' });
    else onChange({ ...plain, type: key.type, lookup: { object, keyField, path: `${references.path}.${keyField}` } });
  };
  // The same key may not be one of the other object: what was chosen falls back to the record id.
  const chooseObject = (next: string): void => {
    setChosen(next);
    choose('');
  };
  return (
    <Labelled label={texts.lookupLabel}>
      {references.objects.length > 1 && (
        <Select
          size="xs"
          mb={4}
          aria-label={texts.lookupObject(mapped.field)}
          data={[...new Set([...references.objects, object])]}
          value={object}
          onChange={(next) => chooseObject(next ?? object)}
          readOnly={readOnly}
          allowDeselect={false}
          searchable
        />
      )}
      <Select
        size="xs"
        aria-label={texts.lookup(mapped.field)}
        description={lookup ? texts.lookupHint : undefined}
        data={[
          { value: '', label: texts.lookupId(object) },
          ...keys.map(({ name, label }) => ({ value: name, label: texts.lookupKey(object, label) })),
          ...unknown.map((name) => ({ value: name, label: texts.lookupKey(object, name) })),
        ]}
        value={lookup?.keyField ?? ''}
        onChange={(next) => choose(next ?? '')}
        readOnly={readOnly}
        allowDeselect={false}
      />
    </Labelled>
  );
}
