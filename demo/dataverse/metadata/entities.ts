import type { Org } from '../org.ts';
import type { Column } from '../tables/column.ts';
import { collectionOf, navigationsOf, type TableDefinition } from '../tables/table.ts';
import { attributeOf, CRM, optionSet } from './attributes.ts';
import { label, managed, metadataId } from './labels.ts';

type Json = Record<string, unknown>;

/** All tables as metadata describes them. */
export function entityDefinitions(org: Org): Json[] {
  const relationships = oneToMany(org);
  return org.tables.map(({ definition }) => entityOf(definition, relationships));
}

function entityOf(table: TableDefinition, relationships: readonly Json[]): Json {
  return {
    MetadataId: metadataId(table.name),
    LogicalName: table.name,
    SchemaName: table.schemaName,
    EntitySetName: table.setName,
    LogicalCollectionName: table.setName,
    CollectionSchemaName: table.setName,
    DisplayName: label(table.label),
    DisplayCollectionName: label(table.pluralLabel),
    Description: label(''),
    PrimaryIdAttribute: table.primaryId,
    PrimaryNameAttribute: table.primaryName,
    ObjectTypeCode: table.typeCode,
    OwnershipType: table.columns.some(({ type }) => type === 'Owner') ? 'UserOwned' : 'OrganizationOwned',
    TableType: table.elastic ? 'Elastic' : 'Standard',
    DataProviderId: null,
    IsCustomEntity: table.custom,
    IsIntersect: false,
    IsPrivate: false,
    IsActivity: false,
    IsLogicalEntity: false,
    IsValidForAdvancedFind: true,
    IsOptimisticConcurrencyEnabled: true,
    ChangeTrackingEnabled: table.tracksChanges,
    CanChangeTrackingBeEnabled: managed(true, 'canchangetrackingbeenabled'),
    CanCreateAttributes: managed(true, 'cancreateattributes'),
    IsDuplicateDetectionEnabled: managed(table.duplicatesBy !== undefined, 'canmodifyduplicatedetectionsettings'),
    Privileges: privilegesOf(table),
    Attributes: table.columns.map((column) => attributeOf(table, column)),
    Keys: table.keys.map((key) => ({
      MetadataId: metadataId(`key ${table.name}.${key.name}`),
      LogicalName: key.name,
      SchemaName: key.name,
      EntityLogicalName: table.name,
      DisplayName: label(key.label),
      KeyAttributes: key.columns,
      EntityKeyIndexStatus: key.status,
    })),
    ManyToOneRelationships: relationships.filter(({ ReferencingEntity }) => ReferencingEntity === table.name),
    OneToManyRelationships: relationships.filter(({ ReferencedEntity }) => ReferencedEntity === table.name),
    ManyToManyRelationships: [],
  };
}

function privilegesOf({ schemaName, writable }: TableDefinition): Json[] {
  const kinds = writable ? ['Create', 'Read', 'Write', 'Delete', 'Append', 'AppendTo'] : ['Read', 'AppendTo'];
  return kinds.map((kind) => ({
    Name: `prv${kind}${schemaName}`,
    PrivilegeId: metadataId(`privilege ${kind} ${schemaName}`),
    PrivilegeType: kind,
    CanBeBasic: true,
    CanBeLocal: true,
    CanBeDeep: true,
    CanBeGlobal: true,
  }));
}

/** Every relationship of one row to many. */
export function oneToMany(org: Org): Json[] {
  return org.tables.flatMap(({ definition }) =>
    navigationsOf(definition).map(({ name, column, target }) =>
      relationship(org, definition, { name, column, target }),
    ),
  );
}

interface Way {
  name: string;
  column: Column;
  target: string;
}

function relationship(org: Org, table: TableDefinition, { name, column, target }: Way): Json {
  const collection = target === 'owner' ? column.relation : collectionOf(column, target);
  return {
    '@odata.type': `#${CRM}OneToManyRelationshipMetadata`,
    MetadataId: metadataId(`relationship ${collection}`),
    SchemaName: collection,
    RelationshipType: 'OneToManyRelationship',
    ReferencedEntity: target,
    ReferencedAttribute: target === 'owner' ? 'ownerid' : (org.table(target)?.definition.primaryId ?? ''),
    ReferencedEntityNavigationPropertyName: collection,
    ReferencingEntity: table.name,
    ReferencingAttribute: column.name,
    ReferencingEntityNavigationPropertyName: name,
    IsCustomRelationship: column.name.startsWith('new_'),
  };
}

/** Option sets that several columns share. */
export function globalOptionSets(org: Org): Json[] {
  const found = new Map<string, Json>();
  for (const { definition } of org.tables)
    for (const column of definition.columns)
      if (column.globalOptions !== undefined)
        found.set(column.globalOptions, {
          '@odata.type': `#${CRM}OptionSetMetadata`,
          ...optionSet(definition, column),
        });
  return [...found.values()];
}
