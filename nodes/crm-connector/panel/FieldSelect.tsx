import type { RemoteField } from '../../../contract/connector.ts';
import type { FilterField } from '../../kit/panel/filter/FieldSelect.tsx';
import { FieldOption as Option } from '../../kit/panel/filter/FieldSelect.tsx';
import { texts } from './texts.ts';

/** The CRM's word for the type, and what a person has to know of it beside. */
function typeText({ remoteType, values, calculated }: RemoteField): string {
  return [remoteType, ...(values ? [texts.values(values.length)] : []), ...(calculated ? [texts.formula] : [])].join(
    ' · ',
  );
}

/** A remote field as lists, filters and orders show it. */
export const toFilterField = (field: RemoteField): FilterField => ({
  name: field.name,
  label: field.label,
  type: field.type,
  typeText: typeText(field),
  values: field.values,
});

export function FieldOption({ name, field }: { name: string; field: RemoteField | undefined }) {
  return <Option name={name} field={field && toFilterField(field)} />;
}
