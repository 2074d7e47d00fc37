import type { Call } from '../call.ts';
import { isLookup } from '../odata/properties.ts';
import type { Org } from '../org.ts';
import type { Reply } from '../reply.ts';
import type { Column } from '../tables/column.ts';
import { collectionOf, navigationsOf, type TableDefinition } from '../tables/table.ts';

const EDM: Partial<Record<Column['type'], string>> = {
  Uniqueidentifier: 'Guid',
  Lookup: 'Guid',
  Customer: 'Guid',
  Owner: 'Guid',
  Integer: 'Int32',
  Picklist: 'Int32',
  State: 'Int32',
  Status: 'Int32',
  BigInt: 'Int64',
  Decimal: 'Decimal',
  Money: 'Decimal',
  Double: 'Double',
  Boolean: 'Boolean',
};

/** `GET $metadata`: the model as XML. */
export function csdl({ org, query }: Call): Reply {
  const withAnnotations = query.get('annotations') === 'true';
  const types = org.tables.map(({ definition }) => entityType(org, definition)).join('');
  const sets = org.tables.map(({ definition }) => entitySet(definition, withAnnotations)).join('');
  const body =
    '<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">' +
    '<edmx:DataServices><Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm">' +
    `<EntityType Name="crmbaseentity" Abstract="true" />${types}` +
    '<Function Name="WhoAmI"><ReturnType Type="mscrm.WhoAmIResponse" Nullable="false" /></Function>' +
    `<EntityContainer Name="System">${sets}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`;
  return { status: 200, contentType: 'application/xml', body, headers: { 'OData-Version': '4.0' } };
}

function entityType(org: Org, table: TableDefinition): string {
  const properties = table.columns.map(property).join('');
  const ways = navigationsOf(table).map(
    ({ name, column, target }) =>
      `<NavigationProperty Name="${name}" Type="mscrm.${target === 'owner' ? 'principal' : target}"><ReferentialConstraint Property="_${column.name}_value" ReferencedProperty="${org.table(target)?.definition.primaryId ?? 'ownerid'}" /></NavigationProperty>`,
  );
  return (
    `<EntityType Name="${table.name}" BaseType="mscrm.crmbaseentity"><Key><PropertyRef Name="${table.primaryId}" /></Key>` +
    `${properties}${ways.join('')}${collections(org, table)}</EntityType>`
  );
}

function property(column: Column): string {
  const name = isLookup(column) ? `_${column.name}_value` : column.name;
  const isDay = column.behavior === 'DateOnly';
  const type = column.type === 'DateTime' ? (isDay ? 'Date' : 'DateTimeOffset') : (EDM[column.type] ?? 'String');
  return `<Property Name="${name}" Type="Edm.${type}"${type === 'String' ? ' Unicode="false"' : ''} />`;
}

function collections(org: Org, table: TableDefinition): string {
  return org.tables
    .flatMap(({ definition }) =>
      definition.columns
        .filter(({ targets }) => targets?.includes(table.name))
        .map(
          (column) =>
            `<NavigationProperty Name="${collectionOf(column, table.name)}" Type="Collection(mscrm.${definition.name})" />`,
        ),
    )
    .join('');
}

function entitySet({ name, setName, tracksChanges }: TableDefinition, withAnnotations: boolean): string {
  const tracking =
    '<Annotation Term="Org.OData.Capabilities.V1.ChangeTracking"><Record><PropertyValue Property="Supported" Bool="true" /></Record></Annotation>';
  return `<EntitySet Name="${setName}" EntityType="Microsoft.Dynamics.CRM.${name}">${withAnnotations && tracksChanges ? tracking : ''}</EntitySet>`;
}
