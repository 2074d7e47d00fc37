/** Choices made from an object's metadata. */
import type { RemoteField, RemoteObjectDetails } from '../../../contract/connector.ts';
import type { CrmConfig, ImportField } from '../config.ts';
import { withoutFields } from './mapping.ts';

export function toImportField(field: RemoteField): ImportField {
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    conversion: 'default',
    ...(field.identifying ? { identifying: true } : {}),
    ...(field.personal ? { personal: true } : {}),
  };
}

/** A parent's name, such as `Account.Name`: the one related field that nearly everyone wants. */
export function parentChoices(details: RemoteObjectDetails | null): ImportField[] {
  return (details?.fields ?? []).flatMap((field) =>
    field.references?.objects.length === 1
      ? [
          {
            name: `${field.references.path}.${field.references.nameField ?? 'Name'}`,
            label: `${field.references.path} ${field.references.nameField ?? 'Name'}`,
            type: 'text' as const,
            conversion: 'default' as const,
          },
        ]
      : [],
  );
}

/** A new object keeps nothing of the old one's fields: they would not exist there. */
export function withObject(config: CrmConfig, object: string, label: string): CrmConfig {
  if (object === config.object) return config;
  return {
    ...config,
    object,
    objectLabel: label,
    fields: [],
    filter: { kind: 'group', operator: 'and', items: [] },
    orderBy: [],
    index: { ...config.index, indexField: '' },
    export: withoutFields(config.export),
  };
}
