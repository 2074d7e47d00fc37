import type { World } from '../generated/world.ts';
import { READ_ONLY, REQUIRED } from './field.ts';
import * as make from './fields.ts';
import { identityFields, type ObjectDefinition, stampFields } from './object.ts';

const STATES = ['New', 'Working', 'Escalated', 'Closed'];
const APPS = [
  'Sales',
  'Service',
  'Marketing',
  'Commerce',
  'Community',
  'Content',
  'Chatter',
  'Platform',
  'Sample Console',
];

const FIXED = { createable: false, updateable: false, deletable: false };

/** The states a case can be in. The Bulk API refuses objects of this kind. */
export function caseStatus(world: World): ObjectDefinition {
  return {
    name: 'CaseStatus',
    label: 'Case Status Value',
    labelPlural: 'Case Status Values',
    prefix: '3wv',
    ...FIXED,
    bulk: false,
    fields: [
      ...identityFields(world, 'CaseStatus', 'Case Status Value').filter((field) => field.name !== 'IsDeleted'),
      make.text('MasterLabel', 'Master Label', 255, (row) => STATES[row]!, { ...READ_ONLY, nameField: true }),
      make.text('ApiName', 'API Name', 255, (row) => STATES[row]!, READ_ONLY),
      make.integer('SortOrder', 'Sort Order', (row) => row + 1),
      make.flag('IsDefault', 'Is Default', (row) => row === 0, READ_ONLY),
      make.flag('IsClosed', 'Is Closed', (row) => row === 3, READ_ONLY),
      ...stampFields(world, 'CaseStatus'),
    ],
  };
}

/** Nothing in it says when it was made or changed. */
export function appDefinition(world: World): ObjectDefinition {
  return {
    name: 'AppDefinition',
    label: 'App Definition',
    labelPlural: 'App Definitions',
    prefix: '06m',
    ...FIXED,
    bulk: false,
    fields: [
      ...identityFields(world, 'AppDefinition', 'App Definition').filter((field) => field.name !== 'IsDeleted'),
      make.text('DurableId', 'Durable ID', 255, world.population('AppDefinition').idOf, READ_ONLY),
      make.text('Label', 'App Name', 255, (row) => APPS[row]!, { ...REQUIRED, ...READ_ONLY, nameField: true }),
      make.text('DeveloperName', 'Developer Name', 80, (row) => APPS[row]!.replaceAll(' ', '_'), READ_ONLY),
      make.text('NamespacePrefix', 'Namespace Prefix', 15, () => 'standard', READ_ONLY),
      make.choice(
        'UiType',
        'UI Type',
        ['Lightning', 'Aloha'],
        (row) => (row % 4 === 3 ? 'Aloha' : 'Lightning'),
        READ_ONLY,
      ),
      make.flag('IsNavMenuItemsOverridable', 'Can Be Personalised', (row) => row % 2 === 0, READ_ONLY),
    ],
  };
}
