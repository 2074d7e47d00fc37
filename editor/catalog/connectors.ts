/** Connector kinds, found by folder. */
import type { ConnectorDefinition } from '../../contract/connector.ts';

const found = import.meta.glob<ConnectorDefinition>('../../connectors/*/definition.ts', {
  eager: true,
  import: 'definition',
});

export const connectorCatalog: ReadonlyMap<string, ConnectorDefinition> = new Map(
  Object.values(found).map((definition) => [definition.kind, definition] as const),
);
