import { check, choice, email, idColumn, instant, lookup, options, text, whole } from './column.ts';
import type { TableDefinition } from './table.ts';

const fixed = { custom: false, writable: false, tracksChanges: false, keepsDeleted: false, keys: [] } as const;
const stamps = [
  instant('createdon', 'Created On', { create: false, update: false }),
  instant('modifiedon', 'Modified On', { create: false, update: false }),
];

export const systemuser: TableDefinition = {
  ...fixed,
  name: 'systemuser',
  schemaName: 'SystemUser',
  setName: 'systemusers',
  label: 'User',
  pluralLabel: 'Users',
  typeCode: 8,
  primaryId: 'systemuserid',
  primaryName: 'fullname',
  columns: [
    idColumn('systemuserid', 'User'),
    text('fullname', 'Full Name', 200),
    text('domainname', 'User Name', 1024),
    email('internalemailaddress', 'Primary Email'),
    check('isdisabled', 'Status'),
    ...stamps,
  ],
};

export const team: TableDefinition = {
  ...fixed,
  name: 'team',
  schemaName: 'Team',
  setName: 'teams',
  label: 'Team',
  pluralLabel: 'Teams',
  typeCode: 9,
  primaryId: 'teamid',
  primaryName: 'name',
  columns: [idColumn('teamid', 'Team'), text('name', 'Team Name', 160), ...stamps],
};

export const organization: TableDefinition = {
  ...fixed,
  name: 'organization',
  schemaName: 'Organization',
  setName: 'organizations',
  label: 'Organization',
  pluralLabel: 'Organizations',
  typeCode: 1019,
  primaryId: 'organizationid',
  primaryName: 'name',
  columns: [
    idColumn('organizationid', 'Organization'),
    text('name', 'Organization Name', 160),
    whole('expirechangetrackingindays', 'Days to Expire Change Tracking Deltas', 0, 365),
    ...stamps,
  ],
};

export const transactioncurrency: TableDefinition = {
  ...fixed,
  name: 'transactioncurrency',
  schemaName: 'TransactionCurrency',
  setName: 'transactioncurrencies',
  label: 'Currency',
  pluralLabel: 'Currencies',
  typeCode: 9105,
  primaryId: 'transactioncurrencyid',
  primaryName: 'currencyname',
  columns: [
    idColumn('transactioncurrencyid', 'Currency'),
    text('currencyname', 'Currency Name', 100),
    text('isocurrencycode', 'Currency Code', 5),
    ...stamps,
  ],
};

/** The tables themselves, as rows. */
export const entity: TableDefinition = {
  ...fixed,
  name: 'entity',
  schemaName: 'Entity',
  setName: 'entities',
  label: 'Entity',
  pluralLabel: 'Entities',
  typeCode: 9800,
  primaryId: 'entityid',
  primaryName: 'name',
  columns: [
    idColumn('entityid', 'Entity'),
    text('name', 'Name', 64),
    text('logicalname', 'Logical Name', 64),
    ...stamps,
  ],
};

/** Messages that a client can send; not all of them stand here. */
export const sdkmessage: TableDefinition = {
  ...fixed,
  name: 'sdkmessage',
  schemaName: 'SdkMessage',
  setName: 'sdkmessages',
  label: 'Sdk Message',
  pluralLabel: 'Sdk Messages',
  typeCode: 4606,
  primaryId: 'sdkmessageid',
  primaryName: 'name',
  columns: [idColumn('sdkmessageid', 'Sdk Message'), text('name', 'Name', 256), ...stamps],
};

/** A row for each message that a table takes. */
export const sdkmessagefilter: TableDefinition = {
  ...fixed,
  name: 'sdkmessagefilter',
  schemaName: 'SdkMessageFilter',
  setName: 'sdkmessagefilters',
  label: 'Sdk Message Filter',
  pluralLabel: 'Sdk Message Filters',
  typeCode: 4607,
  primaryId: 'sdkmessagefilterid',
  primaryName: 'name',
  columns: [
    idColumn('sdkmessagefilterid', 'Sdk Message Filter'),
    text('name', 'Name', 256),
    text('primaryobjecttypecode', 'Primary Object Type Code', 64),
    lookup('sdkmessageid', 'SDK Message ID', 'sdkmessage', 'sdkmessageid_sdkmessagefilter'),
    ...stamps,
  ],
};

/** A row for each table whose deleted rows can be restored. */
export const recyclebinconfig: TableDefinition = {
  ...fixed,
  name: 'recyclebinconfig',
  schemaName: 'RecycleBinConfig',
  setName: 'recyclebinconfigs',
  label: 'Restore Deleted Records Configuration',
  pluralLabel: 'Restore Deleted Records Configurations',
  typeCode: 10_400,
  primaryId: 'recyclebinconfigid',
  primaryName: 'name',
  columns: [
    idColumn('recyclebinconfigid', 'RecycleBinConfig'),
    text('name', 'Name', 100),
    check('isreadyforrecyclebin', 'Is Ready For Recycle Bin'),
    choice('statecode', 'Status', [
      { value: 0, label: 'Active' },
      { value: 1, label: 'Inactive' },
    ]),
    choice('statuscode', 'Status Reason', options('Active', 'Inactive')),
    lookup('extensionofrecordid', 'Entity', 'entity', 'entity_recyclebinconfig_extensionofrecordid'),
    ...stamps,
  ],
};
