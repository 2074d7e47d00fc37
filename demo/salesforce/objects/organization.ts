import type { World } from '../generated/world.ts';
import { READ_ONLY, REQUIRED } from './field.ts';
import * as make from './fields.ts';
import { identityFields, type ObjectDefinition, stampFields } from './object.ts';

export function organization(world: World): ObjectDefinition {
  return {
    name: 'Organization',
    label: 'Organization',
    labelPlural: 'Organizations',
    prefix: '00D',
    createable: false,
    updateable: false,
    deletable: false,
    fields: [
      ...identityFields(world, 'Organization', 'Organization').filter((field) => field.name !== 'IsDeleted'),
      make.text('Name', 'Name', 80, () => 'Syncline Demo', { ...REQUIRED, nameField: true }),
      make.text('InstanceName', 'Instance Name', 5, () => 'DEMO1', READ_ONLY),
      make.flag('IsSandbox', 'Is Sandbox', null, READ_ONLY),
      make.instant('TrialExpirationDate', 'Trial Expiration Date', null, READ_ONLY),
      make.text('NamespacePrefix', 'Namespace Prefix', 15, null, READ_ONLY),
      make.text('OrganizationType', 'Edition', 40, () => 'Developer Edition', READ_ONLY),
      make.text('Country', 'Country', 80, () => 'France'),
      make.text('TimeZoneSidKey', 'Time Zone', 40, () => 'Europe/Paris'),
      make.text('LanguageLocaleKey', 'Locale Key', 40, () => 'en_US'),
      make.text('DefaultLocaleSidKey', 'Default Locale', 40, () => 'en_US'),
      make.integer('FiscalYearStartMonth', 'Fiscal Year Starts In', () => 1),
      ...stampFields(world, 'Organization'),
    ],
  };
}
