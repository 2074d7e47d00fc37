import { hashText } from '../../kit/random.ts';
import { ACCOUNTS, type Account } from '../accounts.ts';
import { type Call, sessionOf } from '../call.ts';
import { centralText } from '../extensions/centralTime.ts';
import type { DataExtension } from '../extensions/extension.ts';
import type { Field } from '../extensions/field.ts';
import { FOLDERS, type Folder, folderOf } from '../extensions/folders.ts';
import type { ImportDefinition } from '../imports/definition.ts';
import type { ImportRun } from '../imports/runs.ts';

export type Property = string | number | boolean | null;

/** A property by its name: how it is read of an object. Undefined where this object has none of it. */
type Properties<T> = Record<string, (object: T, call: Call) => Property | undefined>;

/** A kind of object that can be retrieved; its properties are in the order in which they are answered. */
export interface Kind<T> {
  scope: string;
  properties: Properties<T>;
  list(call: Call): T[];
}

/** A column and what it is a column of. */
interface Column {
  extension: DataExtension;
  field: Field;
}

const EXTENSION: Kind<DataExtension> = {
  scope: 'data_extensions_read',
  properties: {
    CreatedDate: ({ created }) => centralText(created),
    ModifiedDate: ({ modified }) => centralText(modified),
    ObjectID: ({ objectId }) => objectId,
    CustomerKey: ({ key }) => key,
    Name: ({ name }) => name,
    Description: ({ description }) => description,
    IsSendable: () => false,
    IsTestable: () => false,
    'Client.ID': ({ accountId }) => accountId,
    CategoryID: ({ key }) => folderOf(key),
  },
  list: (call) => call.org.extensionsOf(sessionOf(call).accountId),
};

const FOLDER: Kind<Folder> = {
  scope: 'data_extensions_read',
  properties: {
    ID: ({ id }) => id,
    Name: ({ name }) => name,
    ContentType: () => 'dataextension',
    'ParentFolder.ID': ({ parentId }) => parentId,
  },
  list: () => [...FOLDERS],
};

const FIELD: Kind<Column> = {
  scope: 'data_extensions_read',
  properties: {
    ObjectID: ({ field }) => field.objectId,
    CustomerKey: ({ extension, field }) => `[${extension.key}].[${field.name}]`,
    Name: ({ field }) => field.name,
    Scale: ({ field }) => (field.type === 'Decimal' ? (field.scale ?? 0) : undefined),
    DefaultValue: ({ field }) => field.defaultValue,
    MaxLength: ({ field }) => field.maxLength ?? undefined,
    IsRequired: ({ field }) => field.isRequired,
    Ordinal: ({ extension, field }) => extension.fields.indexOf(field),
    IsPrimaryKey: ({ field }) => field.isPrimaryKey,
    FieldType: ({ field }) => field.type,
    'DataExtension.CustomerKey': ({ extension }) => extension.key,
    'DataExtension.ObjectID': ({ extension }) => extension.objectId,
    'DataExtension.Name': ({ extension }) => extension.name,
  },
  list: (call) =>
    call.org.extensionsOf(sessionOf(call).accountId).flatMap((extension) => {
      // The answer is in no order that means anything; the ordinal is what orders them.
      const shuffled = extension.fields.toSorted((a, b) => hashText(a.objectId) - hashText(b.objectId));
      return shuffled.map((field) => ({ extension, field }));
    }),
};

const DEFINITION: Kind<ImportDefinition> = {
  scope: 'automations_read',
  properties: {
    CreatedDate: ({ created }) => centralText(created),
    ModifiedDate: ({ modified }) => centralText(modified),
    ObjectID: ({ objectId }) => objectId,
    CustomerKey: ({ customerKey }) => customerKey,
    Name: ({ name }) => name,
    Description: ({ description }) => description,
    AllowErrors: ({ allowErrors }) => allowErrors,
    'DestinationObject.ObjectID': ({ destinationId }) => destinationId,
    FieldMappingType: ({ mappingType }) => mappingType,
    FileSpec: ({ fileSpec }) => fileSpec,
    FileType: ({ fileType }) => fileType,
    'RetrieveFileTransferLocation.CustomerKey': ({ locationId }, call) =>
      call.org.locations.byId(locationId)?.customerKey ?? null,
    UpdateType: ({ updateType }) => updateType,
    Delimiter: ({ delimiter }) => delimiter,
  },
  list: (call) => call.org.definitions.of(sessionOf(call).accountId),
};

const RUN: Kind<ImportRun> = {
  scope: 'automations_read',
  properties: {
    ObjectID: ({ objectId }) => objectId,
    ImportDefinitionCustomerKey: ({ definitionKey }) => definitionKey,
    StartDate: ({ started }) => started,
    EndDate: ({ ended }) => ended ?? undefined,
    DestinationID: ({ destinationId, accountId }, call) =>
      call.org.byId(accountId, destinationId)?.key ?? destinationId,
    NumberSuccessful: ({ totals }) => totals.successful,
    NumberDuplicated: ({ totals }) => totals.duplicated,
    NumberErrors: ({ totals }) => totals.errors,
    TotalRows: ({ totals }) => totals.rows,
    ImportType: () => 'Data Extensions',
    ImportStatus: ({ status }) => status,
    TaskResultID: ({ taskId }) => taskId,
  },
  list: (call) => call.org.imports.of(sessionOf(call).accountId),
};

const ACCOUNT: Kind<Account> = {
  scope: 'offline',
  properties: {
    ID: ({ id }) => id,
    Name: ({ name }) => name,
    ParentID: ({ parentId }) => parentId ?? 0,
    CustomerKey: ({ id }) => String(id),
  },
  list: (call) => ACCOUNTS.filter(({ id }) => id === sessionOf(call).accountId),
};

/** The kinds by the name that a request has for them, rows of data extensions apart. */
export const KINDS: Record<string, Kind<unknown>> = {
  DataExtension: EXTENSION as Kind<unknown>,
  DataFolder: FOLDER as Kind<unknown>,
  DataExtensionField: FIELD as Kind<unknown>,
  ImportDefinition: DEFINITION as Kind<unknown>,
  ImportResultsSummary: RUN as Kind<unknown>,
  Account: ACCOUNT as Kind<unknown>,
};
