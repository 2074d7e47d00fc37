import { check, email, idColumn, instant, text, whole } from './column.ts';
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
